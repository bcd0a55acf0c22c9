/** The four builds of a random program: the same operations, written as users of each gear write them. */

import {
  CancelledError,
  coroutine,
  createTask,
  gather,
  getRunningLoop,
  run,
  shield,
  sleep,
  taskGroup,
  timeout,
} from '../../index.ts';
import type { Awaitable, Body, EventLoop, Future, GeneratorBody, Task } from '../../index.ts';
import { VirtualHost } from '../../testing/index.ts';
import { show } from '../vocabulary.ts';
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
      world.say(['main'], `gets ${show(error)} of t${index}`);
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
      world.say(['main'], `gets ${show(error)} of t${index}`);
    }
  }
}

type Path = readonly number[];
type Operations = readonly Operation[];

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
    // A gather that has failed leaves its other failures to the handler; when it hears of them is up to the collector.
    this.#loop.setExceptionHandler(() => undefined);
    this.#futures = Array.from({ length: program.futures }, () => this.#loop.createFuture<void>());
    this.tasks = program.tasks.map((operations, task) => createTask(this.#coroutine([task], operations, true)));
  }

  say(path: readonly (number | string)[], what: string): void {
    this.#lines.push(`${this.#loop.iteration - this.#start} ${path.join('.')} ${what}`);
  }

  /** A `try` ends an error, a scope only its own kind; the others let it go on. */
  caught(path: Path, operation: Operation, error: unknown): void {
    const ends = operation.kind === 'try' || (isScope(operation) && !(error instanceof CancelledError));
    if (!ends) throw error;
    this.say(path, `ends with ${show(error)}`);
  }

  setAll(): void {
    this.say(['main'], 'sets all');
    for (const future of this.#futures) if (!future.done()) future.setResult();
  }

  /** What an operation waits for; null for what is done here and now, and for bodies that are called. */
  begin(path: Path, operation: Operation): Awaitable<unknown> | null {
    this.say(path, words(operation));
    return isScope(operation) ? this.#open(path, operation) : this.#act(operation);
  }

  #act(operation: Operation): Awaitable<unknown> | null {
    switch (operation.kind) {
      case 'yield':
        return sleep(0);
      case 'sleep':
        return sleep(operation.ms);
      case 'wait':
        return at(this.#futures, operation.future);
      case 'join':
        return at(this.tasks, operation.task);
      case 'shield':
        return shield(at(this.tasks, operation.task));
      case 'set':
        if (!at(this.#futures, operation.future).done()) at(this.#futures, operation.future).setResult();
        return null;
      case 'cancel':
        at(this.tasks, operation.task).cancel();
        return null;
      case 'fail':
        throw new Error('boom');
      default:
        return null;
    }
  }

  #open(path: Path, operation: ScopeOperation): Awaitable<unknown> {
    const children = 'children' in operation ? operation.children : [];
    const coroutines = children.map((child, index) => this.#coroutine([...path, -index - 1], child, true));
    if (operation.kind === 'gather') return gather(coroutines);
    const body = (): Body<void> => this.#call(path, operation.operations);
    if (operation.kind === 'timeout') return timeout(operation.ms, body);
    return taskGroup((group) => {
      for (const child of coroutines) group.createTask(child);
      return body();
    });
  }

  innerAsync(path: Path, operations: Operations): Promise<void> | Awaitable<void> {
    return this.#build.objects ? this.#coroutine(path, operations) : runAsync(this, path, operations);
  }

  innerGenerator(path: Path, operations: Operations): GeneratorBody<void> | Awaitable<void> {
    return this.#build.objects ? this.#coroutine(path, operations) : runGenerator(this, path, operations);
  }

  #coroutine(path: Path, operations: Operations, whole = false): Awaitable<void> {
    return coroutine(() => this.#call(path, operations, whole))();
  }

  #call(path: Path, operations: Operations, whole = false): Body<void> {
    const run = this.#build.gearAt(path) === 'async' ? runAsync : runGenerator;
    return run(this, path, operations, whole);
  }
}

type ScopeOperation = Extract<Operation, { kind: 'timeout' | 'group' | 'gather' }>;

function isScope(operation: Operation): operation is ScopeOperation {
  return operation.kind === 'timeout' || operation.kind === 'group' || operation.kind === 'gather';
}

function isCall(operation: Operation): operation is Extract<Operation, { kind: 'body' | 'try' }> {
  return operation.kind === 'body' || operation.kind === 'try';
}

async function runAsync(world: World, path: Path, operations: Operations, whole = false): Promise<void> {
  for (const [index, operation] of operations.entries()) {
    const here = [...path, index];
    try {
      const wait = world.begin(here, operation);
      if (wait !== null) await wait;
      if (isCall(operation)) await world.innerAsync(here, operation.operations);
    } catch (error) {
      world.caught(here, operation, error);
    }
  }
  if (whole) world.say(path, 'ends');
}

function* runGenerator(world: World, path: Path, operations: Operations, whole = false): GeneratorBody<void> {
  for (const [index, operation] of operations.entries()) {
    const here = [...path, index];
    try {
      const wait = world.begin(here, operation);
      if (wait !== null) yield* wait;
      if (isCall(operation)) yield* world.innerGenerator(here, operation.operations);
    } catch (error) {
      world.caught(here, operation, error);
    }
  }
  if (whole) world.say(path, 'ends');
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`the program names number ${index} of ${list.length}`);
  return found;
}
