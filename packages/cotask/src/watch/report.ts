/** What the watchers of debug mode share: whom they tell, and once for each place. */
import type { EventLoop } from '../tasks/event-loop.ts';
import type { ExceptionContext } from '../tasks/exception-context.ts';
import type { TaskHooks } from '../tasks/hooks.ts';

/** Something that debug mode watches on one loop. */
export interface Watcher extends TaskHooks {
  /** The loop has ended, or debug mode was turned off. */
  stop?(): void;
}

/** Tells the exception handler of a loop what was seen. */
export type Report = (message: string, about?: Omit<ExceptionContext, 'message'>) => void;

/** Reports on a loop. */
export function reportOn(loop: EventLoop): Report {
  return (message, about = {}) => loop.callExceptionHandler({ message, ...about });
}

/** True the first time that it is asked of a place: a mistake in a loop is told once. */
export function oncePerPlace(): (place: string) => boolean {
  const told = new Set<string>();
  return (place) => told.size !== told.add(place).size;
}
