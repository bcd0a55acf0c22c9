/** Debug mode: a coroutine that was made and never begun. Best effort: it is known when the object is collected. */
import { context } from '../tasks/current.ts';
import type { EventLoop } from '../tasks/event-loop.ts';
import { captureStack, lineOf } from '../tasks/places.ts';
import type { Report, Watcher } from './report.ts';

interface Made {
  readonly label: string;
  /** A stack that was not read would keep the coroutine. */
  readonly where: string | null;
}

/** Reports forgotten coroutines; when it stops, those that are left. */
export function watchLostCoroutines(loop: EventLoop, report: Report): Watcher {
  const waiting = new Map<Made, WeakRef<object>>();
  const of = new WeakMap<object, Made>();
  const tell = (made: Made): void => {
    if (!waiting.delete(made)) return;
    const where = made.where === null ? '' : ` (made at ${made.where})`;
    report(
      `coroutine ${made.label} was never awaited: put "await" or "yield*" before it, or make a task of it${where}`,
    );
  };
  const collected = new FinalizationRegistry<Made>(tell);
  return {
    coroutineMade(coroutine) {
      if ((context.get()?.owner.loop ?? loop) !== loop) return;
      const made = { label: labelOf(coroutine), where: lineOf(captureStack()) };
      of.set(coroutine, made);
      waiting.set(made, new WeakRef(coroutine));
      collected.register(coroutine, made, made);
    },
    coroutineBegun(coroutine) {
      const made = of.get(coroutine);
      if (made !== undefined && waiting.delete(made)) collected.unregister(made);
    },
    stop() {
      for (const made of waiting.keys()) tell(made);
    },
  };
}

function labelOf(coroutine: object): string {
  return 'label' in coroutine && typeof coroutine.label === 'string' ? coroutine.label : 'anonymous';
}
