/** Something that has happened, or not yet (asyncio's `Event`). */
import { refuseUnknownOptions } from '../options.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import { runningTag } from '../tasks/current.ts';
import type { Future } from '../tasks/future.ts';
import { Doers, soleDoer, told } from '../tasks/name-tag.ts';
import type { NameTag, WaitedFor } from '../tasks/name-tag.ts';
import { OneWait } from '../tasks/one-wait.ts';
import { WaitQueue } from '../tasks/wait-queue.ts';

/** Options of an event. */
export interface EventOptions {
  /** What it is called in lists of who waits for what. */
  name?: string;
}

/** A flag to wait for. Setting it wakes everybody who waits, even when it is cleared again at once. */
export class Event implements WaitedFor {
  readonly #queue: WaitQueue = new WaitQueue();
  readonly #name: string | null;
  #isSet = false;
  #setters: Doers | null = null;

  constructor(options: EventOptions = {}) {
    refuseUnknownOptions('Event', options, ['name']);
    this.#name = options.name ?? null;
  }

  /** True from `set()` to `clear()`. */
  isSet(): boolean {
    return this.#isSet;
  }

  /** Sets it and wakes everybody who waits. */
  set(): void {
    if (this.#isSet) return;
    this.#isSet = true;
    (this.#setters ??= new Doers()).note(runningTag());
    this.#queue.wakeAll();
  }

  /** Makes those who come from now on wait. */
  clear(): void {
    this.#isSet = false;
  }

  /** Waits until it is set; returns at once when it is. */
  wait(): Coroutine<true> {
    return new Waiting(this);
  }

  /** @internal */
  untilSet(): Future<void> | null {
    return this.#isSet ? null : this.#queue.wait(this);
  }

  /** @internal */
  get label(): string {
    return this.#name === null ? 'an event' : `event "${this.#name}"`;
  }

  /** @internal */
  get known(): string {
    return told(this.#setters, 'set');
  }

  /** @internal */
  get enders(): readonly NameTag[] {
    return soleDoer(this.#setters);
  }
}

class Waiting extends OneWait<true> {
  declare private readonly event: Event;

  constructor(event: Event) {
    super('wait');
    this.event = event;
  }

  protected wait(): Future<void> | null {
    return this.event.untilSet();
  }

  protected now(): true {
    return true;
  }

  protected after(): true {
    return true;
  }
}
