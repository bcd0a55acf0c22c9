"""A WebSocket and event-stream server on aiohttp, for tests of clients; ends when its input ends."""
import asyncio
import sys

from aiohttp import WSCloseCode, WSMsgType, web


async def echo(request):
    socket = web.WebSocketResponse(
        protocols=("second", "first"),
        heartbeat=float(request.query.get("heartbeat", 0)) or None,
        compress="compress" in request.query,
    )
    await socket.prepare(request)
    async for message in socket:
        if message.type == WSMsgType.TEXT and message.data.startswith("close "):
            await socket.close(code=int(message.data[6:]), message=b"as asked")
        elif message.type == WSMsgType.TEXT and message.data.startswith("header "):
            await socket.send_str(request.headers.get(message.data[7:], ""))
        elif message.type == WSMsgType.TEXT:
            await socket.send_str(message.data)
        elif message.type == WSMsgType.BINARY:
            await socket.send_bytes(message.data)
    return socket


async def count(request):
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    for number in range(int(request.query["to"])):
        await socket.send_str(str(number))
    await socket.close(code=WSCloseCode.GOING_AWAY)
    return socket


async def refuse(request):
    return web.Response(status=403, text="no")


async def chunks(request):
    response = web.StreamResponse()
    response.enable_chunked_encoding()
    await response.prepare(request)
    for number in range(100):
        await response.write(b"%d\n" % number)
    return response


async def main():
    app = web.Application()
    app.add_routes(
        [web.get("/echo", echo), web.get("/count", count), web.get("/refuse", refuse), web.get("/chunks", chunks)]
    )
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(site._server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()


asyncio.run(main())
