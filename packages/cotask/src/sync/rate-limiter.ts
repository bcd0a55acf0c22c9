/** So many in a time: a bucket of tokens that fills at a steady rate. */
import { MisuseError } from '../errors.ts';
import { refuseUnknownOptions, shown } from '../options.ts';
import type { GeneratorBody } from '../tasks/awaitable.ts';
import { call } from '../tasks/call.ts';
import type { Returned } from '../tasks/call.ts';
import { coroutine } from '../tasks/coroutine.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import { getEventLoop } from '../tasks/default-loop.ts';
import type { EventLoop } from '../tasks/event-loop.ts';
import { park } from '../tasks/parked.ts';
import { WaitQueue } from '../tasks/wait-queue.ts';

/** Options of a rate limiter. */
export interface RateLimiterOptions {
  /** How many tokens are given in `per` milliseconds. */
  rate: number;
  /** Milliseconds; 1,000 by default. */
  per?: number;
  /** How many tokens may be saved up, and so be given at once after a pause; 1 by default. */
  burst?: number;
  /** What it is called in lists of who waits for what. */
  name?: string;
}

/** Gives out tokens, first come, first served. Make one with `rateLimiter`. */
export class RateLimiter {
  readonly #line: WaitQueue = new WaitQueue();
  /** Milliseconds a token. */
  readonly #interval: number;
  readonly #burst: number;
  readonly #name: string | null;
  /** When the bucket is full again, in time of the loop: what was given puts it off, so no rounding adds up. */
  #fullAt = -Infinity;
  /** The loop that its times are of: the one that used it last. */
  #loop: EventLoop | null = null;
  /** The loop of whoever is at the head of the line and waits for the time to pass. */
  #head: EventLoop | null = null;

  /** @internal */
  constructor(interval: number, burst: number, name: string | null) {
    this.#interval = interval;
    this.#burst = burst;
    this.#name = name;
  }

  /**
   * Takes tokens, and waits for them behind those who came before. A waiter that is cancelled takes none.
   * @throws {MisuseError} `COTASK_BAD_OPTION` for a number that is not above 0, or above `burst`: it would wait for ever.
   */
  acquire(tokens = 1): Coroutine<void> {
    this.#refuseBadTokens(tokens);
    return acquire(this, tokens);
  }

  /** Takes tokens if they are there and nobody waits; false otherwise. */
  tryAcquire(tokens = 1): boolean {
    this.#refuseBadTokens(tokens);
    const now = this.#now(getEventLoop());
    if (this.#isHeaded() || this.#readyAt(tokens, now) > now) return false;
    this.#give(tokens, now);
    return true;
  }

  /** A function that takes a token, waiting for it, and then calls `fn`. */
  wrap<A extends unknown[], F>(fn: (...args: A) => F): (...args: A) => Coroutine<Returned<F>>;
  wrap<A extends unknown[]>(fn: (...args: A) => unknown): (...args: A) => Coroutine<unknown> {
    if (typeof fn !== 'function') {
      throw new MisuseError('COTASK_BAD_OPTION', `wrap() of ${this.#words} takes a function, got ${typeof fn}`);
    }
    return (...args) => callWithin(this, () => fn(...args));
  }

  /** @internal */
  *taking(tokens: number): GeneratorBody<void> {
    if (this.#isHeaded()) yield* this.#line.wait(this.#words);
    const loop = getEventLoop();
    this.#head = loop;
    try {
      const now = this.#now(loop);
      const when = this.#readyAt(tokens, now);
      this.#give(tokens, when > now ? yield* this.#until(when, loop) : now);
    } finally {
      this.#passOn();
    }
  }

  /**
   * Waits, and gives the time that counts as that of the tokens. Timers are late: up to half an interval of that is made
   * up for, or the rate would never be reached; more would let too many through in a row.
   */
  *#until(when: number, loop: EventLoop): GeneratorBody<number> {
    yield* park<void>(this.#words, (settle) => {
      const timer = loop.callAt(when, () => settle.resolve());
      return () => timer.cancel();
    });
    return Math.max(when, this.#now(loop) - this.#interval / 2);
  }

  /** Somebody is there before whoever comes now; one whose loop was closed under it will never go on. */
  #isHeaded(): boolean {
    if (this.#head?.isClosed() === true) this.#passOn();
    return this.#head !== null;
  }

  /** The next in line whose loop is open is at its head. */
  #passOn(): void {
    let next = this.#line.first();
    for (; next?.loop.isClosed() === true; next = this.#line.first()) next.cancel();
    this.#head = next?.loop ?? null;
    this.#line.wakeOne();
  }

  /** The time; where loops have clocks of their own, what is still to be waited for is the same on the next one's. */
  #now(loop: EventLoop): number {
    if (this.#loop !== null && this.#loop !== loop) {
      const before = this.#loop.time();
      this.#fullAt += loop.time() - before;
    }
    this.#loop = loop;
    return loop.time();
  }

  /** When so many tokens are there, in time of the loop. */
  #readyAt(tokens: number, now: number): number {
    return Math.max(this.#fullAt, now) - (this.#burst - tokens) * this.#interval;
  }

  #give(tokens: number, now: number): void {
    this.#fullAt = Math.max(this.#fullAt, now) + tokens * this.#interval;
  }

  #refuseBadTokens(tokens: unknown): void {
    if (typeof tokens === 'number' && tokens > 0 && tokens <= this.#burst) return;
    throw new MisuseError(
      'COTASK_BAD_OPTION',
      `${this.#words} gives at most its burst of ${this.#burst} tokens at once, and more than none, got ${shown(tokens)}`,
    );
  }

  get #words(): string {
    return this.#name === null ? 'a rate limiter' : `rate limiter "${this.#name}"`;
  }
}

const acquire = coroutine(function acquire(limiter: RateLimiter, tokens: number): GeneratorBody<void> {
  return limiter.taking(tokens);
});

const callWithin = coroutine(function* limited(limiter: RateLimiter, fn: () => unknown): GeneratorBody<unknown> {
  yield* limiter.taking(1);
  return yield* call(fn);
});

/**
 * Limits how often something is done: `rate` times in `per` milliseconds, at an even pace, and up to `burst` times at once
 * after a pause. In any stretch of `per` milliseconds at most `rate + burst` tokens are given, never more.
 *
 * @example
 * ```ts
 * import { coroutine, getRunningLoop, rateLimiter, run } from 'cotask';
 * import { VirtualHost } from 'cotask/testing';
 *
 * const main = coroutine(async () => {
 *   const limiter = rateLimiter({ rate: 10, per: 1_000, burst: 2 });
 *   for (let i = 0; i < 4; i++) {
 *     await limiter.acquire();
 *     console.log(getRunningLoop().time()); // 0, 0, 100, 200
 *   }
 * });
 * await run(main(), { host: new VirtualHost() });
 * ```
 * @throws {MisuseError} `COTASK_BAD_OPTION`, `COTASK_BAD_TIME`.
 */
export function rateLimiter(options: RateLimiterOptions): RateLimiter {
  refuseUnknownOptions('rateLimiter()', options, ['rate', 'per', 'burst', 'name']);
  const { rate, per = 1_000, burst = 1, name = null } = options;
  if (!(rate > 0 && rate < Infinity) || !(burst > 0 && burst < Infinity)) {
    throw new MisuseError(
      'COTASK_BAD_OPTION',
      `rateLimiter() takes numbers above 0 as "rate" and "burst", got ${shown(rate)} and ${String(burst)}`,
    );
  }
  if (!(per > 0 && per < Infinity)) {
    throw new MisuseError('COTASK_BAD_TIME', `rateLimiter() takes milliseconds above 0 as "per", got ${shown(per)}`);
  }
  return new RateLimiter(per / rate, burst, name);
}
