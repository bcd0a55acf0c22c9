/** Something that has happened, or not yet (asyncio's `Event`). */
import { refuseUnknownOptions } from '../options.ts';
import type { GeneratorBody } from '../tasks/awaitable.ts';
import { coroutine } from '../tasks/coroutine.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import { WaitQueue } from '../tasks/wait-queue.ts';

/** Options of an event. */
export interface EventOptions {
  /** What it is called in lists of who waits for what. */
  name?: string;
}

/** A flag to wait for. Setting it wakes everybody who waits, even when it is cleared again at once. */
export class Event {
  readonly #queue: WaitQueue = new WaitQueue();
  readonly #name: string | null;
  #isSet = false;

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
    this.#queue.wakeAll();
  }

  /** Makes those who come from now on wait. */
  clear(): void {
    this.#isSet = false;
  }

  /** Waits until it is set; returns at once when it is. */
  wait(): Coroutine<true> {
    return wait(this);
  }

  /** @internal */
  *untilSet(): GeneratorBody<true> {
    if (!this.#isSet) yield* this.#queue.wait(this.#name === null ? 'an event' : `event "${this.#name}"`);
    return true;
  }
}

const wait = coroutine(function wait(event: Event): GeneratorBody<true> {
  return event.untilSet();
});
