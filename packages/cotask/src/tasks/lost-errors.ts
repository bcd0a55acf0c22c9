/**
 * Failures that nobody has looked at. They are reported when the future is collected or when its loop ends, whichever
 * comes first; a look that comes before is no fault.
 */
import type { ExceptionContext } from './event-loop.ts';
import type { Future } from './future.ts';

interface LostError {
  readonly label: string;
  readonly error: unknown;
}

/** The failures of one loop that nobody has looked at yet. */
export class LostErrors {
  readonly #open = new Set<LostError>();
  readonly #of = new WeakMap<Future<unknown>, LostError>();
  readonly #report: (report: ExceptionContext) => void;
  #collected: FinalizationRegistry<LostError> | null = null;

  constructor(report: (report: ExceptionContext) => void) {
    this.#report = report;
  }

  /** A future has failed while nobody waited for it. */
  note(future: Future<unknown>): void {
    readStack(future.held);
    const lost = { label: future.label, error: future.held };
    this.#open.add(lost);
    this.#of.set(future, lost);
    this.#collected ??= new FinalizationRegistry((gone) => this.#tell(gone));
    this.#collected.register(future, lost, lost);
  }

  /** Somebody has looked at it after all. */
  seen(future: Future<unknown>): void {
    if (this.#open.size === 0) return;
    const lost = this.#of.get(future);
    if (lost === undefined) return;
    this.#open.delete(lost);
    this.#collected?.unregister(lost);
  }

  /** The loop ends: reports what is left. */
  reportAll(): void {
    for (const lost of this.#open) this.#tell(lost);
  }

  #tell(lost: LostError): void {
    if (!this.#open.delete(lost)) return;
    this.#collected?.unregister(lost);
    this.#report({ message: `${lost.label} failed, and nobody looked at its error:`, exception: lost.error });
  }
}

/** V8 keeps what the frames of a stack point to, the task among it, until the stack is read for the first time. */
function readStack(error: unknown): void {
  if (error instanceof Error) void error.stack;
}
