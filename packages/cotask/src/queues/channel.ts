/**
 * Items from several senders to several receivers, with an end that both sides see (trio's memory channel). Each side is a
 * handle that can be cloned; the channel ends when the last handle of a side is closed.
 */
import { ChannelBroken, ChannelClosed, MisuseError } from '../errors.ts';
import { refuseUnknownOptions, shown } from '../options.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import { runningTag } from '../tasks/current.ts';
import type { Future } from '../tasks/future.ts';
import { tagOf } from '../tasks/name-tag.ts';
import type { NameTag } from '../tasks/name-tag.ts';
import { OneWait } from '../tasks/one-wait.ts';
import { WaitQueue } from '../tasks/wait-queue.ts';
import { Fifo } from './fifo.ts';
import { Place } from './place.ts';
import type { Task } from '../tasks/task.ts';

/** Options of a channel. */
export interface ChannelOptions {
  /** What it is called in lists of who waits for what. */
  name?: string;
}

/** An item in a box, which tells `undefined` from nothing, and which `await` does not take apart. */
export interface Received<T> {
  /** The item. */
  readonly item: T;
}

/** What the handles share. */
class Hub<T> {
  readonly capacity: number;
  readonly words: string;
  senders = 0;
  receivers = 0;
  readonly #items: Fifo<T> = new Fifo<T>();
  /** Senders who wait, first come, first served, and what each has brought: one that is cancelled takes it away. */
  readonly #sending: WaitQueue = new WaitQueue();
  readonly #brought: WeakMap<Future<void>, T> = new WeakMap();
  /** Receivers who wait are handed an item, or null: there will be none. */
  readonly #receiving: WaitQueue<Received<T> | null> = new WaitQueue<Received<T> | null>();

  readonly #item: Place = new Place('an item of', this, 'filled');
  readonly #room: Place;

  constructor(capacity: number, name: string | null) {
    this.capacity = capacity;
    this.#room = new Place(capacity === 0 ? 'a receiver of' : 'room in', this, 'emptied');
    this.words = name === null ? 'a channel' : `channel "${name}"`;
  }

  get size(): number {
    return this.#items.size;
  }

  /** Hands an item over, or keeps it where there is room; else what to wait for until it was received. */
  send(item: T, by: NameTag | null): Future<void> | null {
    if (this.offer(item, by)) return null;
    const place = this.#sending.wait(this.#room);
    this.#brought.set(place, item);
    return place;
  }

  /** What to wait for until there is an item, or the end. */
  receive(): Future<Received<T> | null> {
    return this.#receiving.wait(this.#item);
  }

  /** Hands an item over, or keeps it where there is room. */
  offer(item: T, by: NameTag | null): boolean {
    if (this.receivers === 0) throw new ChannelBroken(`every receiver of ${this.words} was closed`);
    this.#item.note(by);
    if (this.#receiving.wakeOne({ item })) return true;
    if (this.#items.size >= this.capacity) return false;
    this.#items.add(item);
    return true;
  }

  /** The oldest item; the room that it leaves is taken by the first sender who waits. */
  take(by: NameTag | null): Received<T> | null {
    this.#room.note(by);
    const kept = this.#items.size === 0 ? null : { item: this.#items.take() };
    const sent = this.#takeFromSender();
    if (kept === null) return sent;
    if (sent !== null) this.#items.add(sent.item);
    return kept;
  }

  senderClosed(): void {
    this.senders -= 1;
    if (this.senders === 0) this.#receiving.wakeAll(null);
  }

  /** Nobody can receive any more: what is kept is dropped. */
  receiverClosed(): void {
    this.receivers -= 1;
    if (this.receivers > 0) return;
    while (this.#items.size > 0) this.#items.take();
    this.#receiving.wakeAll(null);
    this.#sending.failAll(new ChannelBroken(`every receiver of ${this.words} was closed while this task sent`));
  }

  #takeFromSender(): Received<T> | null {
    const place = this.#sending.first();
    if (place === null) return null;
    const item = this.#brought.get(place) as T;
    this.#sending.wakeOne();
    return { item };
  }
}

/** What both sides' handles can do. */
abstract class Handle<T> {
  /** @internal */
  protected readonly hub: Hub<T>;
  #closed = false;

  /** @internal */
  constructor(hub: Hub<T>) {
    this.hub = hub;
  }

  /** True once this handle was closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Closes this handle; with the last one of its side the channel ends. Closing it again has no effect. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.left();
  }

  /** As `close`. */
  [Symbol.dispose](): void {
    this.close();
  }

  protected abstract left(): void;

  protected refuseClosed(what: string): Hub<T> {
    if (this.#closed) {
      throw new MisuseError(
        'COTASK_HANDLE_CLOSED',
        `this ${what} of ${this.hub.words} was closed: whoever still needs one takes a clone() before`,
      );
    }
    return this.hub;
  }
}

/** The side of a channel that sends. */
export class Sender<T> extends Handle<T> {
  /** @internal */
  constructor(hub: Hub<T>) {
    super(hub);
    hub.senders += 1;
  }

  /**
   * Sends an item: waits until there is room, or, where the capacity is 0, until somebody receives it. Cancelled while it
   * waits, it has sent nothing.
   * @throws {ChannelBroken} when every receiver was closed; {@link MisuseError} `COTASK_HANDLE_CLOSED`.
   */
  send(item: T): Coroutine<void> {
    return new Send(this.refuseClosed('sender'), item);
  }

  /**
   * Sends an item if that needs no wait; false otherwise.
   * @throws {ChannelBroken} when every receiver was closed; {@link MisuseError} `COTASK_HANDLE_CLOSED`.
   */
  trySend(item: T): boolean {
    return this.refuseClosed('sender').offer(item, runningTag());
  }

  /** One more sender of the same channel, to be closed by itself. */
  clone(): Sender<T> {
    return new Sender(this.refuseClosed('sender'));
  }

  protected left(): void {
    this.hub.senderClosed();
  }
}

/** The side of a channel that receives. Each item goes to one receiver. */
export class Receiver<T> extends Handle<T> implements AsyncIterable<T, undefined> {
  /** @internal */
  constructor(hub: Hub<T>) {
    super(hub);
    hub.receivers += 1;
  }

  /**
   * Receives the next item, and waits for one where there is none.
   * @throws {ChannelClosed} when every sender was closed and everything was received; {@link MisuseError}
   * `COTASK_HANDLE_CLOSED`.
   */
  receive(): Coroutine<T> {
    return new Receive(this.refuseClosed('receiver'), itemOf);
  }

  /**
   * The next item as an iterator gives it: `{ done: false, value }`, or `{ done: true }` when every sender was closed and
   * everything was received.
   */
  pull(): Coroutine<IteratorResult<T, undefined>> {
    return new Receive(this.refuseClosed('receiver'), stepOf);
  }

  /** The next item in a box, if there is one now; null otherwise. */
  tryReceive(): Received<T> | null {
    return this.refuseClosed('receiver').take(runningTag());
  }

  /** One more receiver of the same channel, to be closed by itself. */
  clone(): Receiver<T> {
    return new Receiver(this.refuseClosed('receiver'));
  }

  /** Receives until every sender was closed. Leaving the loop does not close the receiver. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, undefined, undefined> {
    for (;;) {
      const step = await this.pull();
      if (step.done === true) return undefined;
      yield step.value;
    }
  }

  protected left(): void {
    this.hub.receiverClosed();
  }
}

class Send<T> extends OneWait<void> {
  declare private readonly hub: Hub<T>;
  declare private readonly item: T;

  constructor(hub: Hub<T>, item: T) {
    super('send');
    this.hub = hub;
    this.item = item;
  }

  protected wait(by: Task<unknown> | null): Future<void> | null {
    return this.hub.send(this.item, tagOf(by));
  }

  protected now(): void {}

  protected after(): void {}
}

/** How what has been received is given: null is the end. */
type Give<T, R> = (box: Received<T> | null, hub: Hub<T>) => R;

class Receive<T, R> extends OneWait<R, Received<T> | null> {
  declare private readonly hub: Hub<T>;
  declare private readonly give: Give<T, R>;
  declare private box: Received<T> | null;

  constructor(hub: Hub<T>, give: Give<T, R>) {
    super('receive');
    this.hub = hub;
    this.give = give;
    this.box = null;
  }

  protected wait(by: Task<unknown> | null): Future<Received<T> | null> | null {
    this.box = this.hub.take(tagOf(by));
    return this.box === null && this.hub.senders > 0 ? this.hub.receive() : null;
  }

  protected now(): R {
    return this.give(this.box, this.hub);
  }

  protected after(given: Received<T> | null): R {
    return this.give(given, this.hub);
  }
}

function itemOf<T>(box: Received<T> | null, { receivers, words }: Hub<T>): T {
  if (box !== null) return box.item;
  throw new ChannelClosed(
    receivers === 0
      ? `every receiver of ${words} was closed while this task received`
      : `every sender of ${words} was closed, and what was sent has been received`,
  );
}

function stepOf<T>(box: Received<T> | null): IteratorResult<T, undefined> {
  return box === null ? { done: true, value: undefined } : { done: false, value: box.item };
}

/**
 * A channel with one sender and one receiver; clone them for more. `capacity` items are kept while nobody receives them;
 * with 0, the default, each `send` waits for its receiver; `Infinity` is no bound.
 *
 * **Gotchas** A sender that nobody closes keeps receivers waiting: `using sender = …`. Under `await`, an item that is
 * itself awaitable is awaited, as with `Queue`; `pull` does not.
 *
 * @example
 * ```ts
 * import { Channel, coroutine, run, taskGroup } from 'cotask';
 * import type { Sender } from 'cotask';
 *
 * const produce = coroutine(async (sender: Sender<string>, words: string[]) => {
 *   using mine = sender;
 *   for (const word of words) await mine.send(word);
 * });
 * const main = coroutine(async () => {
 *   const { sender, receiver } = new Channel<string>();
 *   await taskGroup(async (group) => {
 *     group.createTask(produce(sender.clone(), ['a', 'b']));
 *     group.createTask(produce(sender, ['c']));
 *     for await (const word of receiver) console.log(word);
 *   });
 * });
 * await run(main());
 * ```
 * @throws {MisuseError} `COTASK_BAD_OPTION` when the capacity is not a whole number of 0 and more, or `Infinity`.
 */
export class Channel<T> {
  /** The first sender. */
  readonly sender: Sender<T>;
  /** The first receiver. */
  readonly receiver: Receiver<T>;
  readonly #hub: Hub<T>;

  constructor(capacity = 0, options: ChannelOptions = {}) {
    if (capacity !== Infinity && !(Number.isSafeInteger(capacity) && capacity >= 0)) {
      throw new MisuseError(
        'COTASK_BAD_OPTION',
        `a channel takes a capacity, a whole number of 0 and more or Infinity, got ${shown(capacity)}`,
      );
    }
    refuseUnknownOptions('Channel', options, ['name']);
    this.#hub = new Hub<T>(capacity, options.name ?? null);
    this.sender = new Sender(this.#hub);
    this.receiver = new Receiver(this.#hub);
  }

  /** How many items it keeps at most. */
  get capacity(): number {
    return this.#hub.capacity;
  }

  /** How many items it keeps now. */
  get size(): number {
    return this.#hub.size;
  }
}
