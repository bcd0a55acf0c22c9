/**
 * Failures that nobody has looked at. They are reported when the future is collected or when its loop ends, whichever
 * comes first; a look that comes before is no fault.
 */
import type { ContextFrame } from '../host/async-context.ts';
import type { EventLoop } from './event-loop.ts';
import type { Future } from './future.ts';
import { tracebackOf } from './places.ts';
import { Task } from './task.ts';

interface LostError {
  readonly label: string;
  readonly error: unknown;
  readonly future: WeakRef<Future<unknown>>;
  /** The context of the task that failed. */
  readonly frame: ContextFrame | null;
  readonly made: { sourceTraceback?: string };
}

/** The failures of one loop that nobody has looked at yet. */
export class LostErrors {
  readonly #loop: EventLoop;
  readonly #open = new Set<LostError>();
  readonly #of = new WeakMap<Future<unknown>, LostError>();
  #collected: FinalizationRegistry<LostError> | null = null;

  constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  /** A future has failed while nobody waited for it. */
  note(future: Future<unknown>): void {
    readStack(future.held);
    const lost = {
      label: future.label,
      error: future.held,
      future: new WeakRef(future),
      frame: future instanceof Task ? this.#loop.frameWithout(future) : null,
      made: tracebackOf(future),
    };
    this.#open.add(lost);
    this.#of.set(future, lost);
    this.#collected ??= new FinalizationRegistry((gone) => this.#tell(gone));
    this.#collected.register(future, lost, lost);
  }

  /** Somebody has looked at it after all; in debug mode a look that came after the report is reported, too. */
  seen(future: Future<unknown>): void {
    const lost = this.#collected === null ? undefined : this.#of.get(future);
    if (lost === undefined) return;
    this.#of.delete(future);
    this.#collected?.unregister(lost);
    if (!this.#open.delete(lost) && this.#loop.getDebug()) this.#tellLate(lost, future);
  }

  /** The loop ends: reports what is left. */
  reportAll(): void {
    for (const lost of this.#open) this.#tell(lost);
  }

  #tell(lost: LostError): void {
    if (!this.#open.delete(lost)) return;
    this.#collected?.unregister(lost);
    const future = lost.future.deref();
    const message = `${lost.label} failed, and nobody looked at its error:`;
    const report = { message, exception: lost.error, ...about(future), ...lost.made };
    if (lost.frame === null) this.#loop.callExceptionHandler(report);
    else this.#loop.callOutside(lost.frame, () => this.#loop.callExceptionHandler(report));
  }

  #tellLate(lost: LostError, future: Future<unknown>): void {
    this.#loop.callExceptionHandler({
      message: `the error of ${lost.label} was reported as lost and is looked at only now: look at it before its loop ends`,
      ...about(future),
      ...lost.made,
    });
  }
}

function about(future: Future<unknown> | undefined): { future?: Future<unknown>; task?: Task<unknown> } {
  if (future === undefined) return {};
  return future instanceof Task ? { future, task: future } : { future };
}

/** V8 keeps what the frames of a stack point to, the task among it, until the stack is read for the first time. */
function readStack(error: unknown): void {
  if (error instanceof Error) void error.stack;
}
