/** A task for each item of a source, so many at once: what `map` and `forEach` stand on. */
import { MisuseError, TaskGroupError } from '../errors.ts';
import { shown } from '../options.ts';
import type { GeneratorBody } from '../tasks/awaitable.ts';
import { call } from '../tasks/call.ts';
import { coroutine } from '../tasks/coroutine.ts';
import type { EventLoop } from '../tasks/event-loop.ts';
import type { Future } from '../tasks/future.ts';
import { hasError, hasValue, isCancelledState } from '../tasks/state.ts';
import { WaitQueue } from '../tasks/wait-queue.ts';
import { Several } from './several.ts';
import { opening } from './source.ts';
import type { Source } from './source.ts';

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
  untilRoom(): GeneratorBody<void>;
  beginItem(item: unknown, index: number): boolean;
}

/** Ends when every item is done, or, after the first failure or a cancel, when every task that was begun has ended. */
export class FanOut<R> extends Several<void> {
  readonly #plan: Plan;
  readonly #deliver: (index: number, value: R) => void;
  readonly #room: WaitQueue = new WaitQueue();
  readonly #errors: unknown[] = [];
  #running = 0;
  /** Results that were delivered and that nobody has taken. */
  #held = 0;

  /** `deliver` is given each result as it comes; it is called by the loop. */
  constructor(loop: EventLoop, plan: Plan, deliver: (index: number, value: R) => void) {
    super({ loop, label: `the items of ${plan.name}` });
    this.#plan = plan;
    this.#deliver = deliver;
    this.watch(loop.createTask(feed(this, plan), { name: `${plan.name}, its source` }), itsSource);
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
  *untilRoom(): GeneratorBody<void> {
    while (!this.hasRoom) yield* this.#room.wait(`room in ${this.#plan.name}`);
  }

  /** Begins an item; false when none may be begun any more. */
  beginItem(item: unknown, index: number): boolean {
    if (this.ending) return false;
    const { fn, name } = this.#plan;
    this.#running += 1;
    this.watch(this.loop.createTask(call(fn, item, index), { name: `${name} #${index}` }), index);
    return true;
  }

  protected ended(child: Future<unknown>, index: number): void {
    if (index !== itsSource) this.#running -= 1;
    if (child.phase !== hasValue) this.#failed(child);
    else if (index !== itsSource && !this.ending) this.#deliver(index, child.held as R);
    this.#wakeFeeder();
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
    for (let index = 0; ; index += 1) {
      if (!fan.hasRoom) yield* fan.untilRoom();
      const step = source.nextNow() ?? (yield* source.next());
      if (step.done === true || !fan.beginItem(step.value, index)) return;
    }
  } finally {
    yield* source.close();
  }
});
