/** One loop over several runs (asyncio's `Runner`). */
import { MisuseError } from '../errors.ts';
import type { Context } from '../host/async-context.ts';
import { exemptFromFilter } from '../host/stray-rejections.ts';
import { refuseUnknownOptions } from '../options.ts';
import type { Awaitable } from '../tasks/awaitable.ts';
import { copyContext } from '../tasks/context.ts';
import { coroutine } from '../tasks/coroutine.ts';
import { currentTask } from '../tasks/ensure-future.ts';
import { EventLoop } from '../tasks/event-loop.ts';
import type { EventLoopOptions } from '../tasks/event-loop.ts';
import type { Task } from '../tasks/task.ts';
import { Interrupts } from './interrupts.ts';
import { cancelLeftovers } from './leftovers.ts';

/** Options of a run: those of its loop, or how to make one. */
export interface RunOptions extends EventLoopOptions {
  /** Makes the loop, in place of `host`, `policy` and `graceMs`. */
  loopFactory?: () => EventLoop;
  /**
   * Listens to SIGINT while the main task runs: the first cancels it, the second ends the run at once; false by default.
   * A main task that ends by that cancel makes the run reject with {@link Interrupted}.
   */
  handleSignals?: boolean;
}

/** Options of one run of a `Runner`. */
export interface RunnerRunOptions {
  /** The context in which the main task runs; by default one that all runs of the runner share. */
  context?: Context;
}

/** @internal A run under way. */
export interface Running<T> {
  readonly main: Task<T>;
  readonly result: Promise<T>;
}

/**
 * Runs several main tasks, one after the other, on one loop and in one context: what one sets of task locals, the next
 * sees. The loop is made when it is first needed; between two runs nothing moves on it. `close` cancels what is left and
 * closes the loop: write `await using`.
 *
 * @example
 * ```ts
 * import { Runner, coroutine, getRunningLoop, sleep } from 'cotask';
 *
 * const main = coroutine(async (ms: number) => {
 *   await sleep(ms);
 *   return getRunningLoop();
 * });
 * await using runner = new Runner();
 * const first = await runner.run(main(1));
 * console.log(first === (await runner.run(main(2)))); // true
 * ```
 */
export class Runner {
  readonly #options: RunOptions;
  #loop: EventLoop | null = null;
  #context: Context | null = null;
  /** Debug mode, which is loaded only where it is asked for; gives how to stop it. */
  #watching: Promise<() => void> | null = null;
  #busy = false;
  #closed: Promise<void> | null = null;

  constructor(options: RunOptions = {}) {
    refuseBadRunOptions('Runner', options);
    this.#options = options;
  }

  /**
   * Runs a coroutine and gives its result. Tasks that it leaves go on in the next run.
   * @throws {MisuseError} `COTASK_RUN_IN_TASK` inside a task; `COTASK_LOOP_RUNNING` during another run;
   * `COTASK_RUNNER_CLOSED`; `COTASK_NOT_A_COROUTINE`.
   * @throws {DeadlockError} when every task waits and nothing can wake any of them.
   */
  run<T>(coro: Awaitable<T>, options: RunnerRunOptions = {}): Promise<T> {
    try {
      refuseUnknownOptions('Runner.run()', options, ['context']);
      const { result } = this.begin(coro, options.context);
      exemptFromFilter(result);
      return result;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** @internal */
  begin<T>(coro: Awaitable<T>, context?: Context): Running<T> {
    refuseInTask('Runner.run()');
    const loop = this.getLoop();
    if (this.#busy) throw new MisuseError('COTASK_LOOP_RUNNING', 'this runner is running; wait for that run first');
    const main = loop.createTask(coro, { name: 'main', context: context ?? (this.#context ??= copyContext()) });
    return { main, result: this.#finish(loop, main) };
  }

  async #finish<T>(loop: EventLoop, main: Task<T>): Promise<T> {
    const interrupts = this.#options.handleSignals === true ? new Interrupts(loop, main) : null;
    this.#busy = true;
    try {
      if (this.#watching !== null) await this.#watching;
      return await loop.runUntilComplete(main);
    } catch (error) {
      throw interrupts === null ? error : interrupts.translate(error);
    } finally {
      this.#busy = false;
      interrupts?.close();
    }
  }

  /**
   * Its loop, which is made now if it was not needed before.
   * @throws {MisuseError} `COTASK_RUNNER_CLOSED`.
   */
  getLoop(): EventLoop {
    if (this.#closed !== null) throw new MisuseError('COTASK_RUNNER_CLOSED', 'this runner is closed; make a new one');
    return (this.#loop ??= this.#makeLoop());
  }

  #makeLoop(): EventLoop {
    const { loopFactory, handleSignals: _, ...options } = this.#options;
    const loop: unknown = loopFactory === undefined ? new EventLoop(options) : loopFactory();
    if (!(loop instanceof EventLoop))
      throw new MisuseError('COTASK_BAD_OPTION', `loopFactory makes an EventLoop, this one made ${typeof loop}`);
    if (loopFactory !== undefined && options.debug !== undefined) loop.setDebug(options.debug);
    loop.debugTurned = () => this.#turnDebug(loop);
    this.#turnDebug(loop);
    return loop;
  }

  #turnDebug(loop: EventLoop): void {
    if (loop.getDebug()) this.#watching ??= import('../watch/debug-mode.ts').then(({ watchLoop }) => watchLoop(loop));
    else this.#stopWatching();
  }

  #stopWatching(): void {
    void this.#watching?.then((stop) => stop());
    this.#watching = null;
  }

  /**
   * Cancels the tasks that are left and waits for them, until none is left, and closes the loop. Closing twice does
   * nothing.
   * @throws {MisuseError} `COTASK_LOOP_RUNNING` during a run.
   * @throws {DeadlockError} when the clean-up of a task waits for what nobody can do any more.
   */
  close(): Promise<void> {
    if (this.#busy) {
      return Promise.reject(
        new MisuseError('COTASK_LOOP_RUNNING', 'this runner is running; wait for that run before closing it'),
      );
    }
    return (this.#closed ??= this.#loop === null ? Promise.resolve() : this.#close(this.#loop));
  }

  async #close(loop: EventLoop): Promise<void> {
    try {
      if (loop.isClosed()) return;
      await endLeftovers(loop);
      if (loop.asyncgens.size > 0) {
        await loop.runUntilComplete(coroutine(() => loop.shutdownAsyncgens())());
        await endLeftovers(loop);
      }
    } finally {
      loop.close();
      loop.debugTurned = null;
      const watching = this.#watching;
      if (watching !== null) (await watching)();
    }
  }

  /** Closes it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

async function endLeftovers(loop: EventLoop): Promise<void> {
  const none = loop.createFuture<void>('the end of the leftovers');
  cancelLeftovers(loop, () => none.setResult());
  await loop.runUntilComplete(none);
}

/** @internal */
export function refuseInTask(what: string): void {
  const task = currentTask();
  if (task === null) return;
  throw new MisuseError(
    'COTASK_RUN_IN_TASK',
    `${what} was called inside ${task.label}: await the coroutine, or make a task of it`,
  );
}

/** @internal */
export function refuseBadRunOptions(what: string, options: RunOptions): void {
  refuseUnknownOptions(what, options, ['host', 'policy', 'debug', 'graceMs', 'loopFactory', 'handleSignals']);
  const { loopFactory, host, policy, graceMs } = options;
  if (loopFactory === undefined) return;
  if (typeof loopFactory !== 'function' || [host, policy, graceMs].some((option) => option !== undefined)) {
    throw new MisuseError(
      'COTASK_BAD_OPTION',
      'loopFactory is a function that makes the loop, and host, policy and graceMs are then its matter: leave them out',
    );
  }
}
