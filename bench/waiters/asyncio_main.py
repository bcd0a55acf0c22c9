"""asyncio: `asyncio_main.py lock|semaphore|event COUNT` prints {"ns": …, "cpuNs": …} of one waiter."""

import asyncio
import gc
import json
import sys
import time

PERMITS = 100


async def hold_once(lock):
    async with lock:
        pass


async def let_through(lock, held, count):
    for _ in range(held):
        await lock.acquire()
    tasks = [asyncio.create_task(hold_once(lock)) for _ in range(count)]
    await asyncio.sleep(0)
    for _ in range(held):
        lock.release()
    await asyncio.gather(*tasks)


async def lock(count):
    await let_through(asyncio.Lock(), 1, count)


async def semaphore(count):
    await let_through(asyncio.Semaphore(PERMITS), PERMITS, count)


async def event(count):
    waited_for = asyncio.Event()
    tasks = [asyncio.create_task(waited_for.wait()) for _ in range(count)]
    await asyncio.sleep(0)
    waited_for.set()
    await asyncio.gather(*tasks)


TRIALS = {"lock": lock, "semaphore": semaphore, "event": event}


def main():
    trial, count = TRIALS[sys.argv[1]], int(sys.argv[2])
    asyncio.run(trial(min(count, 10_000)))
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    asyncio.run(trial(count))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps({"ns": wall * 1e9 / count, "cpuNs": cpu * 1e9 / count}))


main()
