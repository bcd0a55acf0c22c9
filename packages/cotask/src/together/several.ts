/** What stands for several tasks at once, and ends only when all of them have. */
import { makeCancelledError } from '../errors.ts';
import type { CancelSource, CancelledError } from '../errors.ts';
import { Future } from '../tasks/future.ts';
import { CancelRequest } from '../tasks/scope.ts';
import { pending } from '../tasks/state.ts';
import { Task } from '../tasks/task.ts';

/** A future whose children are cancelled with it, and awaited. */
export abstract class Several<T> extends Future<T> {
  /** Those that have not ended, with their numbers. */
  protected readonly children: Map<Future<unknown>, number> = new Map();
  /** The first cancel that was passed on to the children. */
  protected cancelError: CancelledError | null = null;
  /** What it ends with is known: a cancel that comes now hurries the children and is due after it. */
  protected decided = false;
  protected aborted = false;

  /** What comes now changes nothing but the error. */
  protected get ending(): boolean {
    return this.decided || this.cancelError !== null;
  }

  /** @internal */
  override get endsWhenCancelled(): boolean {
    return false;
  }

  /** @internal */
  override awaitedTasks(): readonly Task<unknown>[] {
    return [...this.children.keys()].filter((child) => child instanceof Task && !child.done()) as Task<unknown>[];
  }

  override cancel(reason?: string): boolean {
    return this.cancelBy(new CancelRequest(null, makeCancelledError(reason ?? null, 'cancel', null), null));
  }

  /** @internal Cancels that come before it has ended are one. */
  override cancelBy(request: CancelRequest): boolean {
    if (this.phase !== pending) return false;
    if (this.decided) {
      this.#pass(new CancelRequest(null, request.error, null));
      return false;
    }
    const before = this.cancelError;
    this.cancelError ??= request.error;
    if (!this.#pass(request)) this.cancelError = before;
    return this.cancelError !== null;
  }

  /** Cancels the children that have not ended, once: what it ends with does not depend on them any more. */
  protected abort(source: CancelSource, reason: string | null): void {
    if (this.aborted) return;
    this.aborted = this.decided = true;
    this.#pass(new CancelRequest(null, makeCancelledError(reason, source, null), null));
  }

  protected watch(child: Future<unknown>, index: number): void {
    this.children.set(child, index);
    if (!child.done()) child.addWaiter({ looks: false, relay: this, wake: () => this.#wake(child) });
    else this.#wake(child);
  }

  /** A child is done, in the very call that settled it: no code of a user's may run. */
  protected noticed(_child: Future<unknown>): void {}

  /** A child has ended. */
  protected abstract ended(child: Future<unknown>, index: number): void;

  /** All children have ended. */
  protected abstract finish(): void;

  #pass(request: CancelRequest): boolean {
    let accepted = false;
    for (const child of [...this.children.keys()]) accepted = child.cancelBy(request) || accepted;
    return accepted;
  }

  #wake(child: Future<unknown>): void {
    this.noticed(child);
    this.loop.ready({ owner: null, run: () => this.#end(child) });
  }

  #end(child: Future<unknown>): boolean {
    const index = this.children.get(child) ?? 0;
    this.children.delete(child);
    if (this.phase !== pending) return true;
    this.ended(child, index);
    if (this.children.size === 0) this.finish();
    return true;
  }
}
