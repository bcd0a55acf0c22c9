/**
 * What holds for everything that can be waited for, whatever it is: how it ends, how it meets a cancel, and that it leaves
 * nothing behind. A kind of awaitable says how to make one and how to end it; the contract plays it in a gear, under
 * every policy, because nothing here may lean on an order that only one of them promises.
 */
import type { SchedulingPolicy } from '../loop/policies/policy.ts';
import { priority } from '../loop/policies/priority.ts';
import { random } from '../loop/policies/random.ts';
import type { Awaitable } from '../tasks/awaitable.ts';
import { sleep } from '../tasks/sleep.ts';
import type { Task } from '../tasks/task.ts';
import { timeout } from '../scopes/timeout.ts';
import { attempt, inGear, on, told } from './both-gears.ts';
import type { EitherBody, Gear } from './both-gears.ts';
import { me, play } from './stage.ts';
import type { Stage } from './stage.ts';

/** One awaitable under test, and what ends it. */
interface Specimen {
  /** The wait. More than one may be made, one after the other. */
  wait(): Awaitable<unknown>;
  /** Gives the open wait its value; calls `after` when the value is there and nobody has seen it yet. */
  complete(after?: () => void): EitherBody<unknown>;
  /** Ends the open wait with an error, as `complete` does with its value. */
  fail?(error: Error, after?: () => void): EitherBody<unknown>;
  /** Gives back what a wait gave, so that the specimen can end. */
  giveBack?(value: unknown): void;
  /** Ends what belongs to the specimen itself. */
  end?(): void;
  /** What waits have left behind, in words, once the specimen has ended. */
  left?(): readonly unknown[];
}

/** A kind of awaitable. */
export interface AwaitableKind {
  /** The value that a wait gives, in words. */
  readonly value: string;
  /** True when a wait may end with an error; its specimens have `fail`. */
  readonly fails?: boolean;
  /** True when making the wait has effects already, as of a list of tasks. */
  readonly beginsAtOnce?: boolean;
  make(stage: Stage): Specimen | EitherBody<Specimen>;
}

/** One promise of the contract, for one kind in one gear. */
export interface ContractCheck {
  readonly name: string;
  /** The transcript; where some policy gives another, both, one after the other. */
  readonly transcript: () => Promise<readonly string[]>;
  readonly right: readonly string[];
}

interface Clause {
  readonly name: string;
  readonly applies?: (kind: AwaitableKind) => boolean;
  readonly script: (stage: Stage, specimen: Specimen) => EitherBody<unknown>;
  readonly right: (value: string) => readonly string[];
}

const policies: readonly { name: string; policy?: () => SchedulingPolicy }[] = [
  { name: 'fifo' },
  { name: 'priority', policy: priority },
  { name: 'random(20)', policy: () => random(20) },
];
const broken = new Error('broken');

const clauses: readonly Clause[] = [
  {
    name: 'gives its value',
    *script(stage, specimen) {
      const task = yield* waiter(stage, specimen);
      yield* specimen.complete();
      stage.log(yield* attempt(task));
    },
    right: (value) => [value],
  },
  {
    name: 'gives its value outside any task',
    *script(stage, specimen) {
      const { log, loop } = stage;
      const whenDone = loop.createFuture<void>();
      loop.callSoon(async () => {
        const value = await specimen.wait();
        specimen.giveBack?.(value);
        log(value);
        if (!whenDone.done()) whenDone.setResult();
      });
      yield* on(sleep(1));
      yield* specimen.complete();
      yield* on(whenDone);
    },
    right: (value) => [value],
  },
  {
    name: 'does nothing before it is awaited',
    applies: ({ beginsAtOnce }) => beginsAtOnce !== true,
    *script({ log }, specimen) {
      const wait = specimen.wait();
      yield* on(sleep(1));
      log(typeof wait.then);
    },
    right: () => ['function'],
  },
  {
    name: 'does nothing for a task that is cancelled before its first step',
    *script(stage, specimen) {
      const task = stage.spawn(() => on(specimen.wait()));
      stage.log(task.cancel('x'), yield* attempt(task), task.cancelled());
    },
    right: () => ['true C(x) true'],
  },
  {
    name: 'is cancelled as it begins when a cancel is due',
    *script(stage, specimen) {
      const task = stage.spawn(function* () {
        me().cancel('x');
        stage.log(yield* attempt(specimen.wait()));
        stage.log(yield* attempt(sleep(1, 'clean')));
      });
      yield* on(task);
    },
    right: () => ['C(x)', 'clean'],
  },
  {
    name: 'is cancelled while it waits, and the clean-up may wait',
    *script(stage, specimen) {
      const task = stage.spawn(function* () {
        try {
          yield* on(specimen.wait());
        } finally {
          stage.log(yield* attempt(sleep(1, 'clean')));
        }
      });
      yield* on(sleep(1));
      stage.log(task.state, task.cancel('x'), yield* attempt(task), task.cancelled());
    },
    right: () => ['clean', 'waiting true C(x) true'],
  },
  {
    name: 'is cancelled when the cancel comes just before its value',
    *script(stage, specimen) {
      const task = yield* waiter(stage, specimen);
      task.cancel('x');
      yield* specimen.complete();
      stage.log(yield* attempt(task));
    },
    right: () => ['C(x)'],
  },
  {
    name: 'keeps its value when the cancel comes in the tick in which it completes',
    *script(stage, specimen) {
      const task = yield* waiterThatGoesOn(stage, specimen);
      yield* specimen.complete(() => task.cancel('x'));
      yield* on(task);
    },
    right: (value) => [value, 'C(x)', 'clean'],
  },
  {
    name: 'throws its error',
    applies: ({ fails }) => fails === true,
    *script(stage, specimen) {
      const task = yield* waiter(stage, specimen);
      yield* failed(specimen);
      stage.log(yield* attempt(task), task.exception() === broken);
    },
    right: () => ['broken true'],
  },
  {
    name: 'keeps its error when the cancel comes in the tick in which it fails',
    applies: ({ fails }) => fails === true,
    *script(stage, specimen) {
      const task = yield* waiterThatGoesOn(stage, specimen);
      yield* failed(specimen, () => task.cancel('x'));
      yield* on(task);
    },
    right: () => ['broken', 'C(x)', 'clean'],
  },
  {
    name: 'is cancelled once by two cancels that come together',
    *script(stage, specimen) {
      const task = yield* waiterThatGoesOn(stage, specimen);
      stage.log(task.cancel('first'), task.cancel('second'), task.cancelling());
      yield* on(task);
    },
    right: () => ['true true 2', 'C(first)', 'clean', 'clean'],
  },
  {
    name: 'can be waited for in the clean-up of a cancelled task',
    *script(stage, specimen) {
      const task = yield* waiterThatCleansUp(stage, specimen);
      task.cancel('first');
      yield* on(sleep(1));
      yield* specimen.complete();
      yield* on(task);
    },
    right: (value) => ['C(first)', value, 'clean'],
  },
  {
    name: 'is cancelled during the clean-up by a second cancel',
    *script(stage, specimen) {
      const task = yield* waiterThatCleansUp(stage, specimen);
      task.cancel('first');
      yield* on(sleep(1));
      task.cancel('second');
      yield* on(task);
    },
    right: () => ['C(first)', 'C(second)', 'clean'],
  },
  {
    name: 'is ended by a timeout around it',
    *script(stage, specimen) {
      const task = stage.spawn(function* () {
        const body = inGear(stage.gear, () => on(specimen.wait()));
        stage.log(yield* attempt(timeout(5, body)), stage.loop.time(), me().cancelling());
      });
      yield* on(task);
    },
    right: () => ['TO 5 0'],
  },
];

/** A task that waits and gives its value. */
function* waiter(stage: Stage, specimen: Specimen): EitherBody<Task<unknown>> {
  return yield* begun(stage, () => use(specimen));
}

/** A task that waits, then waits twice more. */
function* waiterThatGoesOn(stage: Stage, specimen: Specimen): EitherBody<Task<unknown>> {
  return yield* begun(stage, function* () {
    stage.log(yield* told(use(specimen)));
    stage.log(yield* attempt(sleep(1, 'clean')));
    stage.log(yield* attempt(sleep(1, 'clean')));
  });
}

/** A task that waits once more when it is cancelled. */
function* waiterThatCleansUp(stage: Stage, specimen: Specimen): EitherBody<Task<unknown>> {
  return yield* begun(stage, function* () {
    stage.log(yield* told(use(specimen)));
    stage.log(yield* told(use(specimen)));
    stage.log(yield* attempt(sleep(1, 'clean')));
  });
}

/** A task that has begun, and waits. */
function* begun(stage: Stage, write: () => EitherBody<unknown>): EitherBody<Task<unknown>> {
  const task = stage.spawn(write);
  yield* on(sleep(1));
  return task;
}

/** Waits, and gives back what it got in the very step that got it. */
function* use(specimen: Specimen): EitherBody<unknown> {
  const value = yield* on(specimen.wait());
  specimen.giveBack?.(value);
  return value;
}

function failed(specimen: Specimen, after?: () => void): EitherBody<unknown> {
  if (specimen.fail === undefined) throw new TypeError('a kind that fails needs specimens that can');
  return specimen.fail(broken, after);
}

/** For a wait that ends in the very call of `end`: `complete: atOnce(() => event.set())`. */
export function atOnce(end: () => unknown): (after?: () => void) => EitherBody<void> {
  return function* (after) {
    end();
    after?.();
  };
}

/** The contract of a kind in a gear. */
export function contractOf(kind: AwaitableKind, gear: Gear): ContractCheck[] {
  const applying = clauses.filter(({ applies }) => applies === undefined || applies(kind));
  return applying.map(({ name, script, right }) => ({
    name,
    transcript: () => playUnderEachPolicy(kind, gear, script),
    right: right(kind.value),
  }));
}

async function playUnderEachPolicy(
  kind: AwaitableKind,
  gear: Gear,
  script: Clause['script'],
): Promise<readonly string[]> {
  const transcripts: string[][] = [];
  for (const { name, policy } of policies) {
    const lines = await play(
      gear,
      (stage) => playWith(kind, stage, script),
      policy === undefined ? {} : { policy: policy() },
    );
    const first = transcripts[0] ?? lines;
    if (lines.join('\n') !== first.join('\n')) return [...first, `but under ${name}:`, ...lines];
    transcripts.push(lines);
  }
  return transcripts[0] ?? [];
}

function* playWith(kind: AwaitableKind, stage: Stage, script: Clause['script']): EitherBody<void> {
  const made = kind.make(stage);
  const specimen = 'wait' in made ? made : yield* made;
  yield* script(stage, specimen);
  specimen.end?.();
  for (const left of specimen.left?.() ?? []) stage.log('left:', left);
}
