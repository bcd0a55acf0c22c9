/** Between which lines the step of a task runs: debug mode takes the stack at each wait. */
import type { EventLoop } from '../tasks/event-loop.ts';
import { captureStack, lineOf, notePlace, stackOfMaking } from '../tasks/places.ts';
import type { OpenWait } from '../tasks/park.ts';
import type { Task } from '../tasks/task.ts';
import type { Watcher } from './report.ts';

interface Step {
  /** Where the wait stands that began it. */
  readonly from: Error | null;
  /** Where the wait stands at which it ended. */
  to: Error | null;
}

/** Watches where steps begin and end. */
export class Steps implements Watcher {
  readonly #loop: EventLoop;
  readonly #steps = new WeakMap<Task<unknown>, Step>();
  /** The stack of a generator body that has just asked for something. */
  #asked: Error | null = null;

  constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  taskCreated(task: Task<unknown>): void {
    if (task.loop === this.#loop) notePlace(task);
  }

  waitAsked(): void {
    this.#asked = captureStack();
  }

  taskWaits(task: Task<unknown>, wait: OpenWait): void {
    const stack = this.#asked ?? captureStack();
    this.#asked = null;
    if (task.loop !== this.#loop) return;
    notePlace(wait, stack);
    const step = this.#steps.get(task);
    if (step !== undefined) step.to = stack;
  }

  taskYields(task: Task<unknown>, wait: OpenWait): void {
    this.taskWaits(task, wait);
  }

  stepBegins(task: Task<unknown>, wait: OpenWait): void {
    this.#asked = null;
    this.#steps.set(task, { from: stackOfMaking(wait) ?? stackOfMaking(task), to: null });
  }

  /** The line from which a task runs now: that of the wait which is over. */
  lineOf(task: Task<unknown>): string | null {
    const from = this.#steps.get(task)?.from ?? null;
    return from === null ? null : lineOf(from);
  }

  /** `, from a.ts:3:5 to a.ts:9:7,`, as far as it is known. */
  told(task: Task<unknown>): string {
    const step = this.#steps.get(task);
    const from = this.lineOf(task);
    const to = step?.to ?? null;
    const end = to === null ? null : lineOf(to);
    if (from === null) return end === null ? '' : `, up to ${end},`;
    return `, from ${from}${end === null ? '' : ` to ${end}`},`;
  }
}
