/**
 * A task for each item of a source, so many at once: what `map` and `forEach` stand on. A task that has done an item takes
 * the next one itself where it can.
 */
import { MisuseError, TaskGroupError } from '../errors.ts';
import { shown } from '../options.ts';
import type { GeneratorBody } from '../tasks/awaitable.ts';
import { current } from '../tasks/current.ts';
import { coroutine } from '../tasks/coroutine.ts';
import type { EventLoop } from '../tasks/event-loop.ts';
import type { Future } from '../tasks/future.ts';
import { hasError, hasValue, isCancelledState } from '../tasks/state.ts';
import type { Task } from '../tasks/task.ts';
import { WaitQueue } from '../tasks/wait-queue.ts';
import { Several } from './several.ts';
import { opening } from './source.ts';
import type { Source, Step } from './source.ts';
import { Worker } from './worker.ts';
import type { Employer } from './worker.ts';

/** What is done with each item. */
export type ItemFunction = (item: unknown, index: number) => unknown;

/** What to do, checked. */
export interface Plan {
  /** What it is called in lists of who waits for what. */
  readonly name: string;
  readonly open: () => Source;
  readonly fn: ItemFunction;
  readonly concurrency: number;
}

/** Checks what `map` and `forEach` have in common. */
export function readPlan(what: string, source: unknown, fn: ItemFunction, concurrency: unknown): Plan {
  const open = opening(`${what}()`, source);
  if (typeof fn !== 'function') {
    throw new MisuseError('COTASK_BAD_OPTION', `${what}() takes a function of an item, got ${typeof fn}`);
  }
  if (concurrency !== Infinity && !(Number.isSafeInteger(concurrency) && Number(concurrency) > 0)) {
    throw new MisuseError(
      'COTASK_BAD_OPTION',
      `${what}() takes a concurrency, a whole number of 1 and more or Infinity, got ${shown(concurrency)}: how many items at once?`,
    );
  }
  return { name: fn.name === '' ? what : `${what} ${fn.name}`, open, fn, concurrency: Number(concurrency) };
}

/** The number of the task that reads the source. */
const itsSource = -1;

/** What takes the items. */
interface Feedable {
  readonly hasRoom: boolean;
  begun: number;
  untilRoom(source: Source): GeneratorBody<void>;
  nextNow(source: Source): Step | null;
  beginItem(item: unknown, index: number): boolean;
}

/** Ends when every item is done, or, after the first failure or a cancel, when every task that was begun has ended. */
export class FanOut<R> extends Several<void> implements Employer {
  readonly #plan: Plan;
  readonly #deliver: (index: number, value: R) => void;
  readonly #room: WaitQueue = new WaitQueue();
  readonly #errors: unknown[] = [];
  /** How many items were begun. */
  begun = 0;
  #running = 0;
  /** The task that reads the source. */
  readonly #feeder: Task<void>;
  /** The source, while it is asked for another item as soon as there is room. */
  #source: Source | null = null;
  /** What a worker got from the source and cannot use. */
  #left: (() => Step) | null = null;
  /** Results that were delivered and that nobody has taken. */
  #held = 0;

  /** `deliver` is given each result as it comes; it is called by the loop. */
  constructor(loop: EventLoop, plan: Plan, deliver: (index: number, value: R) => void) {
    super({ loop, label: `the items of ${plan.name}` });
    this.#plan = plan;
    this.#deliver = deliver;
    this.#feeder = loop.createTask(feed(this, plan), { name: `${plan.name}, its source` });
    this.watch(this.#feeder, itsSource);
  }

  /** Cancels everything; to be awaited then. */
  stop(): void {
    this.abort('group', null);
  }

  /** So many results wait to be taken: when they are as many as may run, nothing else is begun. */
  hold(change: 1 | -1): void {
    this.#held += change;
    this.#wakeFeeder();
  }

  /** Waits until one more item may be begun. */
  *untilRoom(source: Source): GeneratorBody<void> {
    this.#source = source;
    try {
      while (!this.hasRoom) yield* this.#room.wait(`room in ${this.#plan.name}`);
    } finally {
      this.#source = null;
    }
  }

  /** The next item, where it is there without a wait. */
  nextNow(source: Source): Step | null {
    const left = this.#left;
    this.#left = null;
    return left === null ? source.nextNow() : left();
  }

  /** Begins an item; false when none may be begun any more. */
  beginItem(item: unknown, index: number): boolean {
    if (this.ending) return false;
    this.#running += 1;
    this.watch(new Worker(this, this.#plan, item, index).begin(this.loop), index);
    return true;
  }

  /** @internal */
  itemDone(worker: Worker, index: number, value: unknown): boolean {
    this.#running -= 1;
    if (!this.ending) this.#deliver(index, value as R);
    const source = this.ending || !this.hasRoom ? null : this.#source;
    const goesOn = source !== null && worker.isAsNew && this.#giveNext(worker, source);
    if (goesOn) this.#running += 1;
    else this.#wakeFeeder();
    return goesOn;
  }

  /** What a worker cannot use waits for the feeder: an error, the end, an item that needs a task of its own. */
  #giveNext(worker: Worker, source: Source): boolean {
    if (this.#left !== null) return false;
    try {
      const step = source.plain ? source.nextNow() : this.#inItsTask(source);
      if (step === null) return false;
      // What the source did meanwhile may have changed that the worker can go on.
      const goesOn = step.done !== true && (source.plain || (!this.ending && worker.isAsNew));
      if (goesOn && worker.take(step.value, this.begun, this.#feeder.scope.locals)) {
        this.begun += 1;
        return true;
      }
      this.#left = () => step;
    } catch (error) {
      this.#left = () => {
        throw error;
      };
    }
    return false;
  }

  /** A source that is code of a user sees the task that reads it. */
  #inItsTask(source: Source): Step | null {
    const { driver } = current;
    current.driver = null;
    try {
      return this.#feeder.ownFrame().runInAsyncScope(source.nextNow, source);
    } finally {
      current.driver = driver;
    }
  }

  /** An item that fails frees no room: it ends everything. */
  protected ended(child: Future<unknown>): void {
    if (child.phase !== hasValue) this.#failed(child);
  }

  /** A task that was cancelled by somebody else has failed; one that this has cancelled has not. */
  #failed(child: Future<unknown>): void {
    if (child.phase === isCancelledState && this.ending) return;
    child.markSeen();
    this.#errors.push(child.held);
    if (!this.ending) this.abort('group', null);
  }

  protected finish(): void {
    if (this.#errors.length > 1) this.settle(hasError, new TaskGroupError(this.#errors));
    else if (this.#errors.length === 1) this.settle(hasError, this.#errors[0]);
    else if (this.cancelError !== null) this.settle(hasError, this.cancelError);
    else this.settle(hasValue, undefined);
  }

  /** Another item may be begun. */
  get hasRoom(): boolean {
    const { concurrency } = this.#plan;
    return this.#running < concurrency && this.#held < concurrency;
  }

  #wakeFeeder(): void {
    if (this.hasRoom) this.#room.wakeOne();
  }
}

/** Takes an item from the source only when it can be begun. */
const feed = coroutine(function* feed(fan: Feedable, { open }: Plan): GeneratorBody<void> {
  const source = open();
  try {
    for (;;) {
      if (!fan.hasRoom) yield* fan.untilRoom(source);
      const step = fan.nextNow(source) ?? (yield* source.next());
      if (step.done === true || !fan.beginItem(step.value, fan.begun++)) return;
    }
  } finally {
    yield* source.close();
  }
});
