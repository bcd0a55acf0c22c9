"""A server on aiohttp, for tests of clients; ends when its input ends."""
import asyncio
import hashlib
import re
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


async def upload(request):
    digest = hashlib.sha256()
    size = 0
    async for chunk in request.content.iter_any():
        digest.update(chunk)
        size += len(chunk)
    return web.json_response({"method": request.method, "bytes": size, "sha256": digest.hexdigest()})


async def refuse_upload(request):
    await request.content.readany()
    return web.Response(status=413, text="too much")


async def parts(request):
    found = []
    reader = await request.multipart()
    async for part in reader:
        content = await part.read()
        found.append([part.name, part.filename, part.headers.get("Content-Type"), len(content)])
    return web.json_response(found)


async def compressed(request):
    response = web.StreamResponse()
    response.enable_compression(web.ContentCoding(request.query["coding"]))
    await response.prepare(request)
    for number in range(1000):
        await response.write(b"line %d\n" % number)
    return response


async def set_cookies(request):
    response = web.HTTPFound("/cookies/seen")
    response.set_cookie("plain", "a b")
    response.set_cookie("gone", "x", max_age=0)
    response.set_cookie("below", "x", path="/cookies/below")
    response.set_cookie("safe", "x", secure=True)
    raise response


async def seen_cookies(request):
    return web.json_response(dict(request.cookies))


async def events(request):
    """Three events a connection, five in all; goes on after the last that the client has."""
    first = int(request.headers.get("Last-Event-ID", 0)) + 1
    if first > 5:
        return web.Response(status=204)
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    await response.write(b"retry: 10\n: a comment\n\n")
    for number in range(first, min(first + 3, 6)):
        await response.write(b"id: %d\nevent: count\ndata: line %d\ndata: and more\n\n" % (number, number))
    return response


class Digest:
    """RFC 7616 with SHA-256; a nonce is good for `uses` answers."""

    def __init__(self, uses):
        self.uses = uses
        self.nonce = 0
        self.counts = set()

    def renew(self):
        self.nonce += 1
        self.counts = set()

    async def handle(self, request):
        field = request.headers.get("Authorization", "")
        given = dict(re.findall(r'(\w+)="?([^",]*)"?', field))
        if given.get("response") == self.wanted(request.method, given):
            if given["nonce"] == str(self.nonce) and given["nc"] not in self.counts:
                self.counts.add(given["nc"])
                if len(self.counts) >= self.uses:
                    self.renew()
                return web.Response(text="welcome")
            return self.challenge(stale=True)
        return self.challenge(stale=False)

    def wanted(self, method, given):
        def sha256(text):
            return hashlib.sha256(text.encode()).hexdigest()

        secret = sha256("me:here:w\u00f6rd")
        asked = sha256(f"{method}:{given.get('uri')}")
        middle = f"{given.get('nonce')}:{given.get('nc')}:{given.get('cnonce')}:auth"
        return sha256(f"{secret}:{middle}:{asked}")

    def challenge(self, stale):
        field = f'Digest realm="here", nonce="{self.nonce}", algorithm=SHA-256, qop="auth", charset=UTF-8'
        headers = {"WWW-Authenticate": field + (", stale=true" if stale else "")}
        return web.Response(status=401, headers=headers)


RAW = {
    "extensions": b"Transfer-Encoding: chunked\r\n\r\n3;a=b\r\none\r\n3;c=\"d;e\";f\r\ntwo\r\n0;last\r\n\r\n",
    "trailers": b"Trailer: Digest\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nonetwo\r\n0\r\nDigest: x\r\nX-More: y\r\n\r\n",
    "hints": b"Content-Length: 6\r\n\r\nonetwo",
}


async def raw(reader, writer):
    """What aiohttp would not write."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            name = head.split(b" ")[1][1:].decode()
            if name == "hints":
                writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n")
            # Byte after byte: wherever the answer is cut, it is the same one.
            for byte in b"HTTP/1.1 200 OK\r\n" + RAW[name]:
                writer.write(bytes([byte]))
                await asyncio.sleep(0)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def tell(loop, context):
    # aiohttp's own, where a client asks in the moment in which it closes.
    if not isinstance(context.get("exception"), AssertionError):
        loop.default_exception_handler(context)


async def main():
    asyncio.get_running_loop().set_exception_handler(tell)
    app = web.Application(client_max_size=0)
    app.add_routes(
        [
            web.get("/echo", echo),
            web.get("/count", count),
            web.get("/refuse", refuse),
            web.get("/chunks", chunks),
            web.route("*", "/upload", upload),
            web.post("/upload/refused", refuse_upload),
            web.post("/parts", parts),
            web.get("/compressed", compressed),
            web.get("/cookies/set", set_cookies),
            web.get("/cookies/seen", seen_cookies),
            web.get("/events", events),
            web.get("/digest", Digest(1_000_000).handle),
            web.get("/digest/brief", Digest(3).handle),
        ]
    )
    runner = web.AppRunner(app, keepalive_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    bare = await asyncio.start_server(raw, "127.0.0.1", 0)
    print(site._server.sockets[0].getsockname()[1], bare.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    bare.close()
    await runner.cleanup()


asyncio.run(main())
