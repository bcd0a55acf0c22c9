"""asyncio and uvloop: `asyncio_main.py asyncio|uvloop TRIAL COUNT` prints {"ns": …, "cpuNs": …} of one operation.

The same in Python as cotask-async.ts and trial-main.ts.
"""

import asyncio
import gc
import json
import sys
import time

WIDTH = 100


class Clock:
    def restart(self):
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def per_operation(self, operations):
        wall, cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu
        return {"ns": wall * 1e9 / operations, "cpuNs": cpu * 1e9 / operations}


async def number(i):
    return i


async def spawn(count, _clock):
    numbers = await asyncio.gather(*[asyncio.create_task(number(i)) for i in range(count)])
    assert sum(numbers) == count * (count - 1) // 2


async def produce(queue, count):
    for i in range(count):
        await queue.put(i)


async def queues(count, _clock):
    queue = asyncio.Queue(WIDTH)
    producer = asyncio.create_task(produce(queue, count))
    total = 0
    for _ in range(count):
        total += await queue.get()
    await producer
    assert total == count * (count - 1) // 2


async def hold_often(lock, times):
    for _ in range(times):
        async with lock:
            await asyncio.sleep(0)


async def locks(count, _clock):
    lock = asyncio.Lock()
    await asyncio.gather(*[asyncio.create_task(hold_often(lock, count // WIDTH)) for _ in range(WIDTH)])


async def limited(semaphore):
    async with semaphore:
        await asyncio.sleep(0)


async def limits(count, _clock):
    semaphore = asyncio.Semaphore(WIDTH)
    await asyncio.gather(*[asyncio.create_task(limited(semaphore)) for _ in range(count)])


async def timers(count, _clock):
    naps = [asyncio.sleep((10 + i * 7_919 % 9_001 / 100) / 1_000) for i in range(count)]
    await asyncio.gather(*[asyncio.create_task(nap) for nap in naps])


async def wait_for(future):
    await future


async def cancel(count, clock):
    loop = asyncio.get_running_loop()
    tasks = [asyncio.create_task(wait_for(loop.create_future())) for _ in range(count)]
    await asyncio.sleep(0)
    clock.restart()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


TRIALS = {"spawn": spawn, "queues": queues, "locks": locks, "limits": limits, "timers": timers, "cancel": cancel}


def run(loop_name, coroutine):
    if loop_name == "asyncio":
        return asyncio.run(coroutine)
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(coroutine)


def measure(loop_name, trial, count):
    clock = Clock()
    clock.restart()
    run(loop_name, trial(count, clock))
    return clock.per_operation(count)


def main():
    loop_name, trial, count = sys.argv[1], TRIALS[sys.argv[2]], int(sys.argv[3])
    measure(loop_name, trial, min(count, 10_000))
    gc.collect()
    print(json.dumps(measure(loop_name, trial, count)))


main()
