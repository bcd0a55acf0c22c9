/** The task behind a web stream. */
import type { Body } from '../tasks/awaitable.ts';
import { coroutine } from '../tasks/coroutine.ts';
import { getEventLoop } from '../tasks/default-loop.ts';
import type { EventLoop } from '../tasks/event-loop.ts';
import { hasValue, isCancelledState } from '../tasks/state.ts';
import type { Task } from '../tasks/task.ts';

/**
 * A body that runs as a task of the loop, and in the context, in which the stream was made; begun when the stream is first
 * used. Streams call from anywhere.
 */
export class StreamTask {
  readonly #begin: () => Task<unknown>;
  readonly #ended: (failure: { error: unknown } | null) => void;
  readonly #settled: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  #task: Task<unknown> | null = null;
  #aborted = false;

  /** `ended` is told how it ended by itself. */
  constructor(name: string, body: () => Body<unknown>, ended: (failure: { error: unknown } | null) => void) {
    const loop: EventLoop = getEventLoop();
    const frame = loop.captureFrame();
    const begin = (): Task<unknown> => loop.createTask(coroutine(body)(), { name });
    this.#begin = () => frame.runInAsyncScope(begin, undefined);
    this.#ended = ended;
    this.#settled.promise.catch(() => {});
  }

  /** Begins it, where it has not begun. */
  begin(): void {
    if (this.#task !== null) return;
    const task = this.#begin();
    this.#task = task;
    task.addWaiter({ looks: true, wake: () => this.#end(task) });
  }

  /** Rejects with what it failed with. */
  get ended(): Promise<void> {
    return this.#settled.promise;
  }

  /** Cancels it; settled when it has cleaned up, and rejected with what that failed with. */
  abort(reason: unknown): Promise<void> {
    if (this.#task === null) return Promise.resolve();
    if (!this.#aborted) this.#task.cancel(typeof reason === 'string' ? reason : 'the stream was cancelled');
    this.#aborted = true;
    return this.ended;
  }

  #end(task: Task<unknown>): void {
    const failed = task.phase !== hasValue && !(this.#aborted && task.phase === isCancelledState);
    if (failed) this.#settled.reject(task.held);
    else this.#settled.resolve();
    if (!this.#aborted) this.#ended(failed ? { error: task.held } : null);
  }
}
