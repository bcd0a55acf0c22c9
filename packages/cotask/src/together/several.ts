/** What stands for several tasks at once, is done when it likes, and ends only when all of them have. */
import { makeCancelledError } from '../errors.ts';
import type { CancelSource } from '../errors.ts';
import type { Future } from '../tasks/future.ts';
import { CancelRequest } from '../tasks/scope.ts';
import { pending } from '../tasks/state.ts';
import { Composite } from './composite.ts';

/** A future whose children are cancelled with it, and awaited. */
export abstract class Several<T> extends Composite<T> {
  /** Those that have not ended, with their numbers. */
  protected readonly children: Map<Future<unknown>, number> = new Map();
  /** What it ends with is known: a cancel that comes now hurries the children and is due after it. */
  protected decided = false;
  protected aborted = false;

  /** What comes now changes nothing but the error. */
  protected get ending(): boolean {
    return this.decided || this.cancelError !== null;
  }

  /** @internal */
  parts(): Iterable<Future<unknown>> {
    return this.children.keys();
  }

  /** @internal Once it is decided, a cancel hurries the children and is due after it. */
  override beginCancel(request: CancelRequest): ReturnType<Composite<T>['beginCancel']> {
    if (!this.decided) return super.beginCancel(request);
    return { passed: new CancelRequest(null, request.error, null), end: () => false };
  }

  /** @internal */
  override leadsBack(request: CancelRequest): boolean {
    return !this.decided && super.leadsBack(request);
  }

  /** Cancels the children that have not ended, once: what it ends with does not depend on them any more. */
  protected abort(source: CancelSource, reason: string | null): void {
    if (this.aborted) return;
    this.aborted = this.decided = true;
    this.cancelBy(new CancelRequest(null, makeCancelledError(reason, source, null), null));
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
