/** Debug mode: a callback whose call begins something that nobody would await. */
import { isCoroutineFunction } from '../tasks/coroutine-functions.ts';
import { captureStack, lineOf } from '../tasks/places.ts';
import type { Report, Watcher } from './report.ts';

const bodies = /^\[object (?:Async|Generator|AsyncGenerator)Function\]$/;

/** Coroutine functions, async functions and generator functions as callbacks. */
export function watchBadCallbacks(report: Report): Watcher {
  return {
    handleMade(handle, callback) {
      if (!isCoroutineFunction(callback) && !bodies.test(Object.prototype.toString.call(callback))) return;
      const line = lineOf(captureStack());
      report(
        `the callback "${callback.name}" is a coroutine, async or generator function: nobody awaits what its call returns. Make a task of it with createTask()${line === null ? '' : ` (${line})`}`,
        { handle },
      );
    },
  };
}
