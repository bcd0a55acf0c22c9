"""asyncio and uvloop: `asyncio_main.py asyncio|uvloop TASKS ROUNDS` prints {"ns": …, "cpuNs": …} of one switch.

The same in Python as contestant-main.ts.
"""

import asyncio
import gc
import json
import sys
import time


def read_clocks():
    return time.perf_counter(), time.process_time()


def per_operation(began, operations):
    wall, cpu = read_clocks()
    return {"ns": (wall - began[0]) * 1e9 / operations, "cpuNs": (cpu - began[1]) * 1e9 / operations}


class Stopwatch:
    def __init__(self, tasks, rounds):
        self.operations = tasks * rounds
        self.left = tasks
        self.began = None
        self.result = None

    def task_began(self):
        if self.began is None:
            self.began = read_clocks()

    def task_ended(self):
        self.left -= 1
        if self.left == 0:
            self.result = per_operation(self.began, self.operations)


async def give_way(rounds, stopwatch):
    await asyncio.sleep(0)
    stopwatch.task_began()
    for _ in range(rounds):
        await asyncio.sleep(0)
    stopwatch.task_ended()


async def measure(tasks, rounds):
    stopwatch = Stopwatch(tasks, rounds)
    await asyncio.gather(*[asyncio.create_task(give_way(rounds, stopwatch)) for _ in range(tasks)])
    return stopwatch.result


def run(loop_name, coroutine):
    if loop_name == "asyncio":
        return asyncio.run(coroutine)
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(coroutine)


def main():
    loop_name, tasks, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    few = min(tasks, 1_000)
    run(loop_name, measure(few, min(rounds, 50_000 // few)))
    gc.collect()
    print(json.dumps(run(loop_name, measure(tasks, rounds))))


main()
