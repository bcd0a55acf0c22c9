/** Debug mode: waits that do not do what they seem to: they flatten, they are another loop's, they are too many. */
import type { EventLoop } from '../tasks/event-loop.ts';
import { Future } from '../tasks/future.ts';
import { Startable } from '../tasks/gears/gear.ts';
import { captureStack, lineOf, placeOf } from '../tasks/places.ts';
import type { Task } from '../tasks/task.ts';
import { openWaits } from '../tasks/who-waits.ts';
import { oncePerPlace } from './report.ts';
import type { Report, Watcher } from './report.ts';
import type { Steps } from './steps.ts';

/** The engine awaits what an `await` yields: who waits for a task out of a queue is given its result. */
export function watchFlattening(loop: EventLoop, report: Report, steps: Steps): Watcher {
  const isNew = oncePerPlace();
  return {
    valueAwaited(task, label, value) {
      if (task.loop !== loop || !(value instanceof Future || value instanceof Startable)) return;
      const line = lineOf(captureStack()) ?? steps.lineOf(task);
      const where = line === null ? '' : ` (${line})`;
      if (!isNew(where === '' ? label : where)) return;
      report(
        `an await in ${task.label} gave ${value.label}, which is awaited as well: the body gets its result. To get the thing itself put it into an object, or use yield*${where}`,
        { task },
      );
    },
  };
}

/** A future of another loop wakes a task of this one, as long as that loop runs; a cancel travels back into it. */
export function watchWrongLoop(loop: EventLoop, report: Report): Watcher {
  const isNew = oncePerPlace();
  return {
    taskWaits(task, wait) {
      const { future } = wait;
      if (task.loop !== loop || !(future instanceof Future) || future.loop === loop) return;
      const place = placeOf(wait);
      if (!isNew(place ?? future.label)) return;
      report(
        `${task.label} waits for ${future.label} of another event loop${place === null ? '' : ` (${place})`}: it comes only while that loop runs`,
        { task, future },
      );
    },
  };
}

const tooMany = 20_000;

/** Losers of native races stay open waits until what they wait for is done. */
export function watchManyWaits(loop: EventLoop, report: Report): Watcher {
  const counts = new WeakMap<Task<unknown>, number>();
  return {
    taskWaits(task, wait) {
      if (task.loop !== loop) return;
      const count = (counts.get(task) ?? 0) + 1;
      counts.set(task, count);
      if (count % tooMany !== 0 || openWaits(task).length < tooMany) return;
      counts.set(task, Number.NaN);
      report(
        `${task.label} has ${tooMany} open waits, among them many for ${wait.label}: the losers of Promise.race stay; race with wait() or race() of cotask`,
        { task },
      );
    },
  };
}
