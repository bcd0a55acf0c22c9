"""asyncio: `asyncio_main.py future|event|sleep TASKS` prints {"heap": null, "rss": …}, what a waiting task takes, in bytes.

CPython has no figure for the heap as V8 does; the memory of the process is all there is.
"""

import asyncio
import gc
import json
import os
import sys


def rss():
    gc.collect()
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def on_future(future):
    await future


def begin(waited_for):
    if waited_for == "event":
        return asyncio.Event().wait()
    if waited_for == "sleep":
        return asyncio.sleep(600)
    return on_future(asyncio.get_running_loop().create_future())


async def wait_all(waited_for, count):
    tasks = [asyncio.create_task(begin(waited_for)) for _ in range(count)]
    await asyncio.sleep(0)
    held = rss()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return held


def main():
    waited_for, count = sys.argv[1], int(sys.argv[2])
    asyncio.run(wait_all(waited_for, 1_000))
    before = rss()
    during = asyncio.run(wait_all(waited_for, count))
    print(json.dumps({"heap": None, "rss": (during - before) / count}))


main()
