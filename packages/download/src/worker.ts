import type { Awaitable, Task } from 'cotask';
import { coroutine } from 'cotask';
import type { Turn } from './fetch/fetch-file.ts';
import type { HostQueues } from './host-queues.ts';
import type { PlannedFile } from './types.ts';

/**
 * Who carries lines out: the line at hand, and whether it holds a turn. A worker is made for a line that has a turn; when
 * that is done it takes the next line with the same turn, and ends when there is none. So a task is made for each turn
 * and each line that waits for another try, not for each line of the list.
 */
export class Worker implements Turn {
  /** The task that runs it. */
  task: Task<void> | null = null;
  readonly #queues: HostQueues<PlannedFile>;
  #entry: PlannedFile | null;
  #holdsTurn = true;
  #begun = false;

  constructor(entry: PlannedFile, queues: HostQueues<PlannedFile>) {
    this.#entry = entry;
    this.#queues = queues;
  }

  /** The first line. */
  begin(): PlannedFile | null {
    this.#begun = true;
    return this.#entry;
  }

  /** The line at hand is done: the next one, or null. */
  next(): PlannedFile | null {
    const done = this.#entry;
    if (done === null) return null;
    this.#queues.settle(done);
    const next = this.#holdsTurn ? this.#queues.exchange(done.host) : undefined;
    this.#holdsTurn = next !== undefined;
    this.#entry = next ?? null;
    if (next !== undefined) this.task?.setName(next.href);
    return this.#entry;
  }

  /** Gives back what it has: after `next` gave null nothing, after an error or a cancel the turn and the line. */
  end(): void {
    this.giveBack();
    if (this.#entry !== null) this.#queues.settle(this.#entry);
    this.#entry = null;
  }

  /** Cancels the task. One that has not begun runs no `finally`, so its line and turn are given back here. */
  cancel(reason: string): void {
    this.task?.cancel(reason);
    if (!this.#begun) this.end();
  }

  giveBack(): void {
    if (!this.#holdsTurn || this.#entry === null) return;
    this.#holdsTurn = false;
    this.#queues.release(this.#entry.host);
  }

  takeAgain(): Awaitable<void> {
    return takeAgain(this.#queues, this.#entry?.host ?? '', () => {
      this.#holdsTurn = true;
    });
  }
}

const takeAgain = coroutine(function* takeAgain(queues: HostQueues<PlannedFile>, host: string, taken: () => void) {
  yield* queues.again(host);
  taken();
});
