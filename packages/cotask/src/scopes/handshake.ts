/** How a task says that it is ready to the one that waits for that. */
import { MisuseError } from '../errors.ts';
import type { EventLoop } from '../tasks/event-loop.ts';
import { Future } from '../tasks/future.ts';
import type { CancelRequest } from '../tasks/scope.ts';
import { hasError, hasValue, pending } from '../tasks/state.ts';
import type { Task } from '../tasks/task.ts';

/** Says that a task is ready, with a value for the one that waits for that. Only the first call counts. */
export type Ready<V> = (value: V) => void;

/** Done when its task is ready, or has ended before; a cancel goes to the task. */
export class Handshake<V> extends Future<V> {
  readonly #task: Task<unknown>;

  constructor(loop: EventLoop, makeTask: (ready: Ready<V>) => Task<unknown>, whenReady: (task: Task<unknown>) => void) {
    super({ loop });
    let made: Task<unknown> | null = null;
    const task = makeTask((value) => {
      if (this.phase !== pending) return;
      if (made !== null) whenReady(made);
      this.settle(hasValue, value);
    });
    made = this.#task = task;
    this.label = `${task.label} to be ready`;
    if (this.phase !== pending) whenReady(task);
    const wake = (): void => loop.ready({ owner: null, run: () => this.#ended() });
    if (task.done()) wake();
    else task.addWaiter({ looks: false, relay: this, wake });
  }

  override get endsWhenCancelled(): boolean {
    return false;
  }

  override awaitedTasks(): readonly Task<unknown>[] {
    return this.#task.awaitedTasks();
  }

  override cancel(reason?: string): boolean {
    return this.phase === pending && this.#task.cancel(reason);
  }

  override cancelBy(request: CancelRequest): boolean {
    return this.phase === pending && this.#task.cancelBy(request);
  }

  #ended(): boolean {
    const task = this.#task;
    if (this.phase !== pending) return true;
    task.markSeen();
    if (task.phase === hasValue) this.settle(hasError, notReady(task));
    else this.settle(task.phase, task.held);
    return true;
  }
}

function notReady(task: Task<unknown>): MisuseError {
  return new MisuseError(
    'COTASK_NOT_READY',
    `${task.label} ended without having been ready: call ready() in it, or make it with createTask()`,
  );
}
