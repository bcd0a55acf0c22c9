/** A future that stands for others, and hands a cancel on to them. */
import { makeCancelledError } from '../errors.ts';
import type { CancelledError } from '../errors.ts';
import { breakCircles, mayLeadBack } from '../scopes/break-circles.ts';
import { Future } from '../tasks/future.ts';
import { CancelRequest } from '../tasks/scope.ts';
import { pending } from '../tasks/state.ts';
import { Task } from '../tasks/task.ts';

/** Ends only when those that it is made of have, whatever is asked of it. */
export abstract class Composite<T> extends Future<T> {
  /** The first cancel that was passed on. */
  protected cancelError: CancelledError | null = null;

  /** @internal Those that it is made of, each once; some may have ended. */
  abstract parts(): Iterable<Future<unknown>>;

  /** @internal */
  override get endsWhenCancelled(): boolean {
    return false;
  }

  /** @internal */
  override awaitedTasks(): readonly Task<unknown>[] {
    const found: Task<unknown>[] = [];
    const left: Composite<unknown>[] = [this];
    for (const each of left) {
      for (const part of each.parts()) {
        if (part.done()) continue;
        if (part instanceof Composite) left.push(part);
        else if (part instanceof Task) found.push(part);
      }
    }
    return found;
  }

  override cancel(reason?: string): boolean {
    return this.cancelBy(new CancelRequest(null, makeCancelledError(reason ?? null, 'cancel', null), null));
  }

  /** @internal Goes to every part. Cancels that come before it has ended are one. */
  override cancelBy(request: CancelRequest): boolean {
    return this.phase === pending && passOn(this, request);
  }

  /** @internal Is asked to end: what its parts are asked with, and how it is said afterwards whether one of them took it. */
  beginCancel(request: CancelRequest): { passed: CancelRequest; end: (taken: boolean) => boolean } {
    const before = this.cancelError;
    this.cancelError ??= request.error;
    return {
      passed: request,
      end: (taken) => {
        if (!taken) this.cancelError = before;
        return this.cancelError !== null;
      },
    };
  }
}

interface Asked {
  readonly passed: CancelRequest;
  readonly end: (taken: boolean) => boolean;
  readonly parts: Iterator<Future<unknown>, unknown>;
  taken: boolean;
}

/** Without recursion: they may stand in one another thousands deep. */
function passOn(root: Composite<unknown>, request: CancelRequest): boolean {
  const asked = [ask(root, request)];
  let taken = false;
  for (let top = asked.at(-1); top !== undefined; top = asked.at(-1)) {
    const next = top.parts.next();
    if (next.done === true) {
      void asked.pop();
      taken = top.end(top.taken);
      const above = asked.at(-1);
      if (above !== undefined) above.taken ||= taken;
    } else if (!(next.value instanceof Composite)) top.taken = next.value.cancelBy(top.passed) || top.taken;
    else if (!next.value.done()) asked.push(ask(next.value, top.passed));
  }
  return taken;
}

function ask(composite: Composite<unknown>, request: CancelRequest): Asked {
  const { passed, end } = composite.beginCancel(request);
  const parts = [...composite.parts()];
  const circles = parts.filter((part) => part instanceof Task && mayLeadBack(part)) as Task<unknown>[];
  const taken = circles.length > 0 && breakCircles(composite, circles, passed.error);
  return { passed, end, parts: parts.values(), taken };
}
