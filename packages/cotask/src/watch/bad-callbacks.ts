/** Debug mode: a callback whose call begins something that nobody would await. A coroutine function the loop refuses itself. */
import { captureStack, lineOf } from '../tasks/places.ts';
import type { Report, Watcher } from './report.ts';

const bodies = /^\[object (?:Async|Generator|AsyncGenerator)Function\]$/;

/** Async functions and generator functions as callbacks. */
export function watchBadCallbacks(report: Report): Watcher {
  return {
    handleMade(handle, callback) {
      if (!bodies.test(Object.prototype.toString.call(callback))) return;
      const line = lineOf(captureStack());
      report(
        `the callback "${callback.name}" is an async or a generator function: nobody awaits what its call returns. Make a task of a coroutine with createTask()${line === null ? '' : ` (${line})`}`,
        { handle },
      );
    },
  };
}
