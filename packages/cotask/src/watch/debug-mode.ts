/** Debug mode: what is legal and nearly always a mistake, told through the exception handler. It is loaded when asked for. */
import type { EventLoop } from '../tasks/event-loop.ts';
import { addHooks } from '../tasks/hooks.ts';
import { rememberPlaces } from '../tasks/places.ts';
import { watchBadCallbacks } from './bad-callbacks.ts';
import { watchLostCoroutines } from './lost-coroutines.ts';
import { watchFlattening, watchManyWaits, watchWrongLoop } from './misplaced-waits.ts';
import { reportOn } from './report.ts';
import type { Watcher } from './report.ts';
import { watchSlowSteps } from './slow-steps.ts';
import { Steps } from './steps.ts';
import { watchDroppedRequests, watchLeftWaits, watchSwallowedCancels } from './unheard-cancels.ts';

/** Watches a loop; returns how to stop. */
export function watchLoop(loop: EventLoop): () => void {
  rememberPlaces();
  const report = reportOn(loop);
  const steps = new Steps(loop);
  const watchers: Watcher[] = [
    steps,
    watchSlowSteps(loop, steps),
    watchLostCoroutines(loop, report),
    watchFlattening(loop, report, steps),
    watchWrongLoop(loop, report),
    watchManyWaits(loop, report),
    watchSwallowedCancels(loop, report),
    watchDroppedRequests(loop, report),
    watchLeftWaits(loop, report),
    watchBadCallbacks(report),
  ];
  const unhook = watchers.map(addHooks);
  return () => {
    for (const remove of unhook) remove();
    for (const watcher of watchers) watcher.stop?.();
  };
}
