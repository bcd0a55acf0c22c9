"""The same in Python: one session, so many workers: `aiohttp_main.py URL BYTES COUNT AT_ONCE`."""

import asyncio
import json
import resource
import sys
import time

import aiohttp

url, size, count, at_once = sys.argv[1], *(int(argument) for argument in sys.argv[2:5])


async def work(session, requests, took):
    for _ in requests:
        began = time.perf_counter()
        async with session.get(url) as response:
            body = await response.read()
        if len(body) != size:
            raise ValueError(f"{url} has {size} bytes, {len(body)} came")
        took.append((time.perf_counter() - began) * 1_000)


async def download(session, requests):
    requests = iter(range(requests))
    took = []
    await asyncio.gather(*[work(session, requests, took) for _ in range(at_once)])
    return sorted(took)


async def timed(work):
    wall, cpu = time.perf_counter(), time.process_time()
    result = await work
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {"ns": wall * 1e9 / count, "cpuNs": cpu * 1e9 / count}, result


def peak_bytes():
    """The system's own figure for a process counts what the process held that started it."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1_024 for line in status if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1_024


async def main():
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=at_once)) as session:
        first, _ = await timed(download(session, count))
        cost, took = await timed(download(session, count))
    report = {**cost, "firstCpuNs": first["cpuNs"]}
    report |= {"p50": took[count * 50 // 100], "p99": took[count * 99 // 100], "peakBytes": peak_bytes()}
    print(json.dumps(report))


asyncio.run(main())
