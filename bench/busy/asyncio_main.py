"""asyncio: `asyncio_main.py PORT TURNS` prints {"seconds", "roundTrips", "late"}, the same in Python as cotask-async.ts."""

import asyncio
import json
import sys
import time

BUSY_TASKS = 10
SLEEPERS = 20
SOCKETS = 50


class PingPong(asyncio.Protocol):
    def __init__(self, round_trips):
        self.round_trips = round_trips

    def connection_made(self, transport):
        self.transport = transport
        self.send()

    def send(self):
        self.sent = time.perf_counter()
        self.transport.write(b".")

    def data_received(self, data):
        self.round_trips.append((time.perf_counter() - self.sent) * 1_000)
        self.send()


async def spin(turns):
    for _ in range(turns):
        await asyncio.sleep(0)


async def doze(ms, late):
    while True:
        due = time.perf_counter() + ms / 1_000
        await asyncio.sleep(ms / 1_000)
        late.append((time.perf_counter() - due) * 1_000)


async def main():
    port, turns = int(sys.argv[1]), int(sys.argv[2])
    round_trips, late = [], []
    loop = asyncio.get_running_loop()
    for _ in range(SOCKETS):
        await loop.create_connection(lambda: PingPong(round_trips), "127.0.0.1", port)
    dozing = [asyncio.create_task(doze(5 + i, late)) for i in range(SLEEPERS)]
    began = time.perf_counter()
    await asyncio.gather(*[asyncio.create_task(spin(turns)) for _ in range(BUSY_TASKS)])
    seconds = time.perf_counter() - began
    for task in dozing:
        task.cancel()
    print(json.dumps({"seconds": seconds, "roundTrips": round_trips, "late": late}))


asyncio.run(main())
