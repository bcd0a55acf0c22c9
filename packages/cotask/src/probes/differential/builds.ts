/** The four builds of a random program: the same operations, written as users of each gear write them. */

import { CancelledError, coroutine, createTask, getRunningLoop, run, sleep } from '../../index.ts';
import type { Awaitable, EventLoop, Future, GeneratorBody, Task } from '../../index.ts';
import { VirtualHost } from '../../testing/index.ts';
import type { Gear } from '../vocabulary.ts';
import { words } from './program.ts';
import type { Operation, Program } from './program.ts';

/** How a program is written down: the gear of each body, and whether inner bodies are coroutine objects. */
export interface Build {
  name: string;
  /** The gear of a body; `path` is its place, a task and the numbers of the operations around it. */
  gearAt(path: readonly number[]): Gear;
  /** Inner bodies are coroutine objects; else plain functions of the same gear, called and awaited. */
  objects: boolean;
}

const alternate = (number: number): Gear => (number % 2 === 0 ? 'async' : 'generator');
const sum = (path: readonly number[]): number => path.reduce((total, number) => total + number, path.length);

export const builds: readonly Build[] = [
  { name: 'all generators', gearAt: () => 'generator', objects: false },
  { name: 'all async functions', gearAt: () => 'async', objects: false },
  { name: 'coroutine objects of both gears in each other', gearAt: (path) => alternate(sum(path)), objects: true },
  { name: 'a gear for each task', gearAt: ([task = 0]) => alternate(task), objects: false },
];

/** After so many turns the futures that nobody has set are set. */
const turnsUntilSet = 30;

/** Runs a program in one build on a fresh loop; its transcript. */
export async function transcriptOf(program: Program, build: Build): Promise<string[]> {
  const lines: string[] = [];
  const main = build.gearAt([0]) === 'async' ? coroutine(mainAsync) : coroutine(mainGenerator);
  await run(main(program, build, lines), { host: new VirtualHost() });
  return lines;
}

async function mainAsync(program: Program, build: Build, lines: string[]): Promise<void> {
  const world = new World(program, build, lines);
  for (let turn = 0; turn < turnsUntilSet; turn += 1) await sleep(0);
  world.setAll();
  for (const [index, task] of world.tasks.entries()) {
    try {
      await task;
      world.say(['main'], `joins t${index}`);
    } catch (error) {
      world.caught(['main'], error, `t${index}`);
    }
  }
}

function* mainGenerator(program: Program, build: Build, lines: string[]): GeneratorBody<void> {
  const world = new World(program, build, lines);
  for (let turn = 0; turn < turnsUntilSet; turn += 1) yield* sleep(0);
  world.setAll();
  for (const [index, task] of world.tasks.entries()) {
    try {
      yield* task;
      world.say(['main'], `joins t${index}`);
    } catch (error) {
      world.caught(['main'], error, `t${index}`);
    }
  }
}

/** The futures and tasks of one run, and its transcript. */
class World {
  readonly tasks: readonly Task<void>[];
  readonly #futures: readonly Future<void>[];
  readonly #build: Build;
  readonly #lines: string[];
  readonly #loop: EventLoop = getRunningLoop();
  readonly #start: number = this.#loop.iteration;

  constructor(program: Program, build: Build, lines: string[]) {
    this.#build = build;
    this.#lines = lines;
    this.#futures = Array.from({ length: program.futures }, () => this.#loop.createFuture<void>());
    this.tasks = program.tasks.map((operations, task) => createTask(this.#coroutine([task], operations, true)));
  }

  say(path: readonly (number | string)[], what: string): void {
    this.#lines.push(`${this.#loop.iteration - this.#start} ${path.join('.')} ${what}`);
  }

  caught(path: readonly (number | string)[], error: unknown, what = ''): void {
    if (!(error instanceof CancelledError)) throw error;
    this.say(path, `cancelled ${what}`.trimEnd());
  }

  setAll(): void {
    this.say(['main'], 'sets all');
    for (const future of this.#futures) if (!future.done()) future.setResult();
  }

  /** What an operation that waits waits for; the others are done here and now. */
  waitOf(path: readonly number[], operation: Operation): Awaitable<unknown> | null {
    this.say(path, words(operation));
    switch (operation.kind) {
      case 'yield':
        return sleep(0);
      case 'wait':
        return at(this.#futures, operation.future);
      case 'join':
        return at(this.tasks, operation.task);
      case 'set':
        if (!at(this.#futures, operation.future).done()) at(this.#futures, operation.future).setResult();
        return null;
      case 'cancel':
        at(this.tasks, operation.task).cancel();
        return null;
      default:
        return null;
    }
  }

  innerAsync(path: readonly number[], operations: readonly Operation[]): Promise<void> | Awaitable<void> {
    return this.#build.objects ? this.#coroutine(path, operations) : runAsync(this, path, operations);
  }

  innerGenerator(path: readonly number[], operations: readonly Operation[]): GeneratorBody<void> | Awaitable<void> {
    return this.#build.objects ? this.#coroutine(path, operations) : runGenerator(this, path, operations);
  }

  #coroutine(path: readonly number[], operations: readonly Operation[], whole = false): Awaitable<void> {
    const body = this.#build.gearAt(path) === 'async' ? coroutine(runAsync) : coroutine(runGenerator);
    return body(this, path, operations, whole);
  }
}

async function runAsync(
  world: World,
  path: readonly number[],
  operations: readonly Operation[],
  whole = false,
): Promise<void> {
  for (const [index, operation] of operations.entries()) {
    const here = [...path, index];
    const wait = world.waitOf(here, operation);
    if (wait !== null) await wait;
    if (operation.kind === 'body') await world.innerAsync(here, operation.operations);
    if (operation.kind === 'try') {
      try {
        await world.innerAsync(here, operation.operations);
      } catch (error) {
        world.caught(here, error);
      }
    }
  }
  if (whole) world.say(path, 'ends');
}

function* runGenerator(
  world: World,
  path: readonly number[],
  operations: readonly Operation[],
  whole = false,
): GeneratorBody<void> {
  for (const [index, operation] of operations.entries()) {
    const here = [...path, index];
    const wait = world.waitOf(here, operation);
    if (wait !== null) yield* wait;
    if (operation.kind === 'body') yield* world.innerGenerator(here, operation.operations);
    if (operation.kind === 'try') {
      try {
        yield* world.innerGenerator(here, operation.operations);
      } catch (error) {
        world.caught(here, error);
      }
    }
  }
  if (whole) world.say(path, 'ends');
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`the program names number ${index} of ${list.length}`);
  return found;
}
