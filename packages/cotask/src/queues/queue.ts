/** Items from those who make them to those who use them (asyncio's `Queue`). */
import { MisuseError, QueueEmpty, QueueFull, QueueShutDown } from '../errors.ts';
import { refuseUnknownOptions, shown } from '../options.ts';
import type { GeneratorBody } from '../tasks/awaitable.ts';
import { coroutine } from '../tasks/coroutine.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import type { Future } from '../tasks/future.ts';
import { OneWait } from '../tasks/one-wait.ts';
import { WaitQueue } from '../tasks/wait-queue.ts';
import { runningTag } from '../tasks/current.ts';
import { tagOf } from '../tasks/name-tag.ts';
import type { NameTag } from '../tasks/name-tag.ts';
import { Fifo } from './fifo.ts';
import { Place } from './place.ts';
import type { Task } from '../tasks/task.ts';

/** Options of a queue. */
export interface QueueOptions {
  /** What it is called in lists of who waits for what. */
  name?: string;
}

/** Where a queue keeps its items. */
export interface ItemStore<T> {
  readonly size: number;
  add(item: T): void;
  /** The next item; asked only while there is one. */
  take(): T;
}

/**
 * A first-in-first-out queue. With a `maxsize` above 0, `put` waits while it is full: that is the backpressure between a
 * fast producer and a slow consumer. An item that is taken out for a waiting `get` is that task's from then on.
 *
 * **Gotchas** Without a `maxsize` it grows without bound. Under `await`, an item that is itself awaitable is awaited; use
 * `yield*`, or put it into an object.
 *
 * @example
 * ```ts
 * import { Queue, coroutine, run, taskGroup } from 'cotask';
 *
 * const main = coroutine(async () => {
 *   const queue = new Queue<number>(2);
 *   await taskGroup(async (group) => {
 *     group.createTask(coroutine(async () => {
 *       for await (const item of queue) console.log(item);
 *     })());
 *     for (const n of [1, 2, 3]) await queue.put(n);
 *     queue.shutdown();
 *   });
 * });
 * await run(main());
 * ```
 * @throws {MisuseError} `COTASK_BAD_OPTION` when `maxsize` is not a number.
 */
export class Queue<T> implements AsyncIterable<T> {
  /** How many items it holds at most; 0 and less: no bound. */
  readonly maxsize: number;
  readonly #items: ItemStore<T>;
  readonly #getters: WaitQueue<T> = new WaitQueue<T>();
  readonly #putters: WaitQueue = new WaitQueue();
  readonly #joiners: WaitQueue = new WaitQueue();
  readonly #item: Place = new Place('an item of', this, 'filled');
  readonly #room: Place = new Place('room in', this, 'emptied');
  readonly #end: Place = new Place('the end of the work of', this, 'worked on');
  readonly #name: string | null;
  /** Places promised to putters that were woken and have not put their item yet. */
  #promised = 0;
  #unfinished = 0;
  #shutDown = false;
  /** Shut down with what was in it dropped: room that was promised before is gone as well. */
  #dropped = false;

  constructor(maxsize?: number, options?: QueueOptions);
  /** @internal `store` is what orders the items. */
  constructor(maxsize: number, options: QueueOptions, store: ItemStore<T>);
  constructor(maxsize = 0, options: QueueOptions = {}, store: ItemStore<T> = new Fifo<T>()) {
    if (typeof maxsize !== 'number' || Number.isNaN(maxsize)) {
      throw new MisuseError('COTASK_BAD_OPTION', `a queue takes a maxsize (0: no bound), got ${shown(maxsize)}`);
    }
    refuseUnknownOptions('Queue', options, ['name', 'compare']);
    this.maxsize = maxsize;
    this.#name = options.name ?? null;
    this.#items = store;
  }

  /** How many items are in it. */
  qsize(): number {
    return this.#items.size;
  }

  /** True when no item is in it. */
  empty(): boolean {
    return this.#items.size === 0;
  }

  /** True when a `put` would wait for room. */
  full(): boolean {
    return this.maxsize > 0 && this.#items.size + this.#promised >= this.maxsize;
  }

  /**
   * Adds an item, and waits for room first where there is a bound.
   * @throws {QueueShutDown} when it was shut down, or is while this waits.
   */
  put(item: T): Coroutine<void> {
    return new Put(this, item);
  }

  /**
   * Adds an item, where there is room.
   * @throws {QueueFull} when there is no room; {@link QueueShutDown} when it was shut down.
   */
  putNowait(item: T): void {
    this.#refuseShutDown();
    if (this.full()) throw new QueueFull(`${this.words} is full (${this.maxsize}); use put() to wait for room`);
    this.addNow(item, runningTag());
  }

  /**
   * Takes the next item, and waits for one where there is none.
   * @throws {QueueShutDown} when it was shut down and is empty.
   */
  get(): Coroutine<T> {
    return new Get(this);
  }

  /**
   * Takes the next item, where there is one.
   * @throws {QueueEmpty} when there is none; {@link QueueShutDown} when it was shut down as well.
   */
  getNowait(): T {
    if (this.#items.size === 0)
      throw this.#shutDown
        ? this.#isShutDown()
        : new QueueEmpty(`${this.words} is empty; use get() to wait for an item`);
    return this.takeNow(runningTag());
  }

  /**
   * Says that the work on an item that was taken is done; `join()` waits for that.
   * @throws {MisuseError} `COTASK_TASK_DONE_TOO_OFTEN` when called more often than items were put.
   */
  taskDone(): void {
    if (this.#unfinished === 0)
      throw new MisuseError(
        'COTASK_TASK_DONE_TOO_OFTEN',
        `taskDone() of ${this.words} was called more often than items were put`,
      );
    this.#finish(1);
  }

  /** Waits until `taskDone()` has been called for every item that was put. */
  join(): Coroutine<void> {
    return new Join(this);
  }

  /**
   * Ends it: `put` is refused from now on, and so is `get` once it is empty. With `immediate` what is in it is dropped and
   * counts as done.
   */
  shutdown(options: { immediate?: boolean } = {}): void {
    refuseUnknownOptions('shutdown()', options, ['immediate']);
    this.#shutDown = true;
    if (options.immediate === true) {
      this.#dropped = true;
      const dropped = this.#items.size;
      while (this.#items.size > 0) this.#items.take();
      this.#finish(Math.min(dropped, this.#unfinished));
    }
    this.#putters.failAll(this.#roomIsGone());
    this.#getters.failAll(this.#isShutDown());
  }

  /** Takes items until the queue is shut down and empty. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const box = await nextBox(this);
      if (box === null) return;
      yield box.item;
    }
  }

  /** @internal What `put` must wait for: null when there is room now. */
  room(): Future<void> | null {
    this.#refuseShutDown();
    return this.full() ? this.#putters.wait(this.#room) : null;
  }

  /** @internal A `put` to which room was promised comes for it. */
  roomTaken(): void {
    this.#promised -= 1;
    if (this.#dropped) throw this.#roomIsGone();
  }

  /** @internal What `get` must wait for: null when there is an item now. */
  anItem(): Future<T> | null {
    if (this.#items.size > 0) return null;
    if (this.#shutDown) throw this.#isShutDown();
    return this.#getters.wait(this.#item);
  }

  /** @internal Takes the next item; there is one. */
  takeNow(by: NameTag | null): T {
    const item = this.#items.take();
    if (this.maxsize > 0) this.#makeRoom(by);
    return item;
  }

  /** @internal */
  workDone(): Future<void> | null {
    return this.#unfinished === 0 ? null : this.#joiners.wait(this.#end);
  }

  /** @internal Adds an item for which there is room. */
  addNow(item: T, by: NameTag | null): void {
    this.#item.note(by);
    if (this.#getters.size === 0) this.#items.add(item);
    this.#unfinished += 1;
    if (this.#getters.wakeOne(item)) this.#wakePutter();
  }

  #makeRoom(by: NameTag | null): void {
    this.#room.note(by);
    this.#wakePutter();
  }

  /** There is room: the first putter that waits gets it, and nobody else can. */
  #wakePutter(): void {
    if (this.full() || !this.#putters.wakeOne()) return;
    this.#promised += 1;
  }

  #finish(count: number): void {
    this.#end.note(runningTag());
    this.#unfinished -= count;
    if (this.#unfinished === 0) this.#joiners.wakeAll();
  }

  #refuseShutDown(): void {
    if (this.#shutDown) throw new QueueShutDown(`${this.words} was shut down; it takes no more items`);
  }

  #roomIsGone(): QueueShutDown {
    return new QueueShutDown(`${this.words} was shut down while this task waited for room`);
  }

  #isShutDown(): QueueShutDown {
    return new QueueShutDown(`${this.words} was shut down and is empty`);
  }

  /** @internal */
  get words(): string {
    return this.#name === null ? 'a queue' : `queue "${this.#name}"`;
  }
}

class Put<T> extends OneWait<void> {
  declare private readonly queue: Queue<T>;
  declare private readonly item: T;
  declare private by: Task<unknown> | null;

  constructor(queue: Queue<T>, item: T) {
    super('put');
    this.queue = queue;
    this.item = item;
    this.by = null;
  }

  protected wait(by: Task<unknown> | null): Future<void> | null {
    this.by = by;
    return this.queue.room();
  }

  protected now(): void {
    this.queue.addNow(this.item, tagOf(this.by));
  }

  protected after(): void {
    this.queue.roomTaken();
    this.now();
  }
}

class Get<T> extends OneWait<T, T> {
  declare private readonly queue: Queue<T>;

  constructor(queue: Queue<T>) {
    super('get');
    this.queue = queue;
  }

  protected wait(): Future<T> | null {
    return this.queue.anItem();
  }

  protected now(by: Task<unknown> | null): T {
    return this.queue.takeNow(tagOf(by));
  }

  protected after(item: T): T {
    return item;
  }
}

class Join<T> extends OneWait<void> {
  declare private readonly queue: Queue<T>;

  constructor(queue: Queue<T>) {
    super('join');
    this.queue = queue;
  }

  protected wait(): Future<void> | null {
    return this.queue.workDone();
  }

  protected now(): void {}

  protected after(): void {}
}

/** For iteration: a shutdown while it waits ends it as well. */
const nextBox = coroutine(function* next<T>(queue: Queue<T>): GeneratorBody<{ readonly item: T } | null> {
  try {
    return { item: yield* queue.get() };
  } catch (error) {
    if (error instanceof QueueShutDown) return null;
    throw error;
  }
});
