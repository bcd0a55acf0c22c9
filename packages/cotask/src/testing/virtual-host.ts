/** Time that moves only when nothing is ready: for tests. */
import { MisuseError } from '../errors.ts';
import type { Foreign, Host, IdleAnswer } from '../host/host.ts';
import { pickHost } from '../host/pick.ts';

/** How many turns of the real platform foreign promises get before time moves without them. */
const foreignTurns = 20;

/**
 * A host with a clock of its own: it begins at 0 and jumps to the next deadline as soon as nothing is ready, so a program
 * that sleeps for hours ends at once, and the same program gives the same run every time. While a task waits for a foreign
 * promise, the real platform gets some turns before time moves. When nothing is ready and there is no deadline, nothing
 * else can come, and the run ends with a `DeadlockError`.
 *
 * @example
 * ```ts
 * import { coroutine, run, sleep } from 'cotask';
 * import { VirtualHost } from 'cotask/testing';
 *
 * const host = new VirtualHost();
 * await run(coroutine(async () => sleep(86_400_000))(), { host });
 * console.log(host.now()); // 86400000
 * ```
 */
export class VirtualHost implements Host {
  readonly jumps = true;
  readonly resolution = 1e-6;
  readonly #platform: Host = pickHost();
  #now = 0;
  #turnsLeft = foreignTurns;
  #held = 0;

  now(): number {
    return this.#now;
  }

  /**
   * Moves the clock by `ms` milliseconds now: stands for a synchronous block of work of that length.
   * @throws {MisuseError} `COTASK_BAD_TIME` for a negative or an infinite time.
   */
  advance(ms: number): void {
    if (!(ms >= 0 && Number.isFinite(ms)))
      throw new MisuseError('COTASK_BAD_TIME', `advance() takes milliseconds, got ${String(ms)}`);
    this.#now += ms;
  }

  /**
   * Time stands still until the function that it returns is called: for work of the platform whose end will come (a thread
   * of zlib's, a file that is read), however many turns it takes.
   */
  hold(): () => void {
    let holds = true;
    this.#held += 1;
    return () => {
      if (holds) this.#held -= 1;
      holds = false;
    };
  }

  inRoot(fn: () => void): void {
    this.#platform.inRoot(fn);
  }

  soon(wake: () => void): void {
    this.#platform.soon(wake);
  }

  turn(wake: () => void): void {
    this.#platform.turn(wake);
  }

  drained(wake: () => void): void {
    this.#platform.drained(wake);
  }

  idle(deadline: number | null, wake: () => void, foreign: Foreign): IdleAnswer {
    if (this.#held > 0) {
      this.#platform.turn(wake);
      return 'armed';
    }
    if (foreign === 'yes' && deadline === null) return 'armed';
    if (foreign !== 'no' && this.#turnsLeft > 0) {
      this.#turnsLeft -= 1;
      this.#platform.turn(wake);
      return 'armed';
    }
    this.#turnsLeft = foreignTurns;
    if (deadline === null) return 'never';
    this.#now = Math.max(this.#now, deadline);
    return 'now';
  }

  release(): void {}

  onExhausted(listener: () => void): () => void {
    return this.#platform.onExhausted(listener);
  }
}
