"""Runs random programs, a list of them as JSON on stdin, in CPython; prints the list of their transcripts.

A line of a transcript is `tick path words`; the tick is the number of iterations of the loop since main's first step.
"""
import asyncio
import json
import sys

TURNS_UNTIL_SET = 30


class CountingLoop(asyncio.SelectorEventLoop):
    iteration = 0

    def _run_once(self):
        self.iteration += 1
        super()._run_once()


class World:
    def __init__(self, program, loop, lines):
        self.loop = loop
        self.lines = lines
        self.start = loop.iteration
        self.futures = [loop.create_future() for _ in range(program["futures"])]
        self.tasks = []
        for number, operations in enumerate(program["tasks"]):
            self.tasks.append(loop.create_task(self.run([number], operations, whole=True)))

    def say(self, path, what):
        self.lines.append(f"{self.loop.iteration - self.start} {'.'.join(map(str, path))} {what}")

    async def run(self, path, operations, whole=False):
        for index, operation in enumerate(operations):
            await self.perform([*path, index], operation)
        if whole:
            self.say(path, "ends")

    async def perform(self, path, operation):
        kind = operation["kind"]
        if kind == "yield":
            self.say(path, kind)
            await asyncio.sleep(0)
        elif kind == "wait":
            self.say(path, f"wait f{operation['future']}")
            await self.futures[operation["future"]]
        elif kind == "join":
            self.say(path, f"join t{operation['task']}")
            await self.tasks[operation["task"]]
        elif kind == "set":
            self.say(path, f"set f{operation['future']}")
            self.set(self.futures[operation["future"]])
        elif kind == "body":
            self.say(path, kind)
            await self.run(path, operation["operations"])
        else:
            raise ValueError(f"CPython is not asked to {kind}")

    def set(self, future):
        if not future.done():
            future.set_result(None)


async def main(program, lines):
    world = World(program, asyncio.get_running_loop(), lines)
    for _ in range(TURNS_UNTIL_SET):
        await asyncio.sleep(0)
    world.say(["main"], "sets all")
    for future in world.futures:
        world.set(future)
    for number, task in enumerate(world.tasks):
        await task
        world.say(["main"], f"joins t{number}")


def transcript(program):
    lines = []
    with asyncio.Runner(loop_factory=CountingLoop) as runner:
        runner.run(main(program, lines))
    return lines


json.dump([transcript(program) for program in json.load(sys.stdin)], sys.stdout)
