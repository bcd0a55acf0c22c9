/** Debug mode: cancels that a body caught, did not hear of, or heard of late. */
import type { EventLoop } from '../tasks/event-loop.ts';
import type { CancelRequest, Scope } from '../tasks/scope.ts';
import { hasValue } from '../tasks/state.ts';
import type { Task } from '../tasks/task.ts';
import type { Report, Watcher } from './report.ts';

/** A task that was given a cancel and ended with a value all the same, without taking the request back. */
export function watchSwallowedCancels(loop: EventLoop, report: Report): Watcher {
  return {
    taskEnded(task) {
      if (task.loop !== loop || task.phase !== hasValue || task.scope.count === 0 || !task.scope.delivered) return;
      report(
        `${task.label} was cancelled and returned a value all the same: let CancelledError through, or call uncancel()`,
        { task },
      );
    },
  };
}

/** A scope that ended well after it was asked to, without hearing of it: its body waited for nothing of the loop's. */
export function watchDroppedRequests(loop: EventLoop, report: Report): Watcher {
  const made = new WeakMap<CancelRequest, number>();
  return {
    cancelRequested(scope, request) {
      if (scope.owner.loop === loop) made.set(request, loop.time());
    },
    requestDropped(scope, request) {
      const ms = loop.time() - (made.get(request) ?? Infinity);
      if (ms < 1) return;
      report(
        `${nameOf(scope)} was cancelled (${request.error.source}) ${ms.toFixed(0)} ms before it ended, and did not hear of it: a promise that is not the event loop's own takes no cancel. Use fromPromise(promise), or pass a signal on`,
        { task: scope.owner },
      );
    },
  };
}

function nameOf(scope: Scope): string {
  return scope.parent === null ? scope.owner.label : `a scope in ${scope.owner.label}`;
}

interface Given {
  readonly at: number;
  readonly label: string;
}

/** A cancel that was given to a wait, after which the task showed no sign of life for long: nobody looked at that wait. */
export function watchLeftWaits(loop: EventLoop, report: Report): Watcher {
  const given = new WeakMap<Task<unknown>, Given>();
  const sign = (task: Task<unknown>): void => {
    const last = given.get(task);
    if (last === undefined) return;
    given.delete(task);
    const ms = loop.time() - last.at;
    if (ms < 10 * loop.slowCallbackDuration) return;
    report(
      `${task.label} was given a cancel at its wait for ${last.label}, and did nothing for ${ms.toFixed(0)} ms: either nobody looks at that wait any more (the loser of a Promise.race), or the clean-up stands at a promise that is not the event loop's own`,
      { task },
    );
  };
  return {
    stepBegins(task, wait) {
      sign(task);
      if (task.loop !== loop || wait.taken === null || wait.future?.gaveCancel === false) return;
      given.set(task, { at: loop.time(), label: wait.label });
    },
    taskWaits: sign,
    taskYields: sign,
    taskEnded: sign,
  };
}
