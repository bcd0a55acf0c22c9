/** Debug mode: steps and callbacks that held the loop, with their lines. */
import type { Handle } from '../loop/handle.ts';
import type { Runnable } from '../loop/step.ts';
import type { EventLoop } from '../tasks/event-loop.ts';
import { notePlace, placeOf } from '../tasks/places.ts';
import { Task } from '../tasks/task.ts';
import type { Watcher } from './report.ts';
import type { Steps } from './steps.ts';

/** The loop itself reports what is slow; it is told here what to call it. */
export function watchSlowSteps(loop: EventLoop, steps: Steps): Watcher {
  const names = new WeakMap<Runnable, string>();
  loop.nameOfEntry = (item) => {
    if (item.owner instanceof Task) return `${item.owner.label}${steps.told(item.owner)}`;
    const place = placeOf(item);
    const name = names.get(item) ?? '';
    return `a callback${name === '' ? '' : ` "${name}"`}${place === null ? '' : `, registered at ${place},`}`;
  };
  return {
    handleMade(handle: Handle, callback: { readonly name: string }) {
      notePlace(handle);
      names.set(handle, callback.name);
    },
    stop() {
      loop.nameOfEntry = null;
    },
  };
}
