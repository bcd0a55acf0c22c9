/** Debug mode: a coroutine that was made and never begun. Best effort: it is known when the object is collected. */
import { addHooks } from '../tasks/hooks.ts';
import type { EventLoop } from '../tasks/event-loop.ts';

interface Made {
  readonly label: string;
  readonly where: string;
}

/** Reports forgotten coroutines through the loop's exception handler; returns how to stop, which reports what is left. */
export function watchLostCoroutines(loop: EventLoop): () => void {
  const waiting = new Map<Made, WeakRef<object>>();
  const of = new WeakMap<object, Made>();
  const tell = (made: Made): void => {
    if (!waiting.delete(made)) return;
    loop.callExceptionHandler({
      message: `coroutine ${made.label} was never awaited: put "await" or "yield*" before it, or make a task of it${made.where}`,
    });
  };
  const collected = new FinalizationRegistry<Made>(tell);
  const unhook = addHooks({
    coroutineMade(coroutine) {
      const made = { label: labelOf(coroutine), where: whereMade() };
      of.set(coroutine, made);
      waiting.set(made, new WeakRef(coroutine));
      collected.register(coroutine, made, made);
    },
    coroutineBegun(coroutine) {
      const made = of.get(coroutine);
      if (made !== undefined && waiting.delete(made)) collected.unregister(made);
    },
  });
  return () => {
    unhook();
    for (const made of waiting.keys()) tell(made);
  };
}

function labelOf(coroutine: object): string {
  return 'label' in coroutine && typeof coroutine.label === 'string' ? coroutine.label : 'anonymous';
}

/** The line of the call: the first frame that is not of the runtime. */
function whereMade(): string {
  const frames = new Error('made here').stack?.split('\n').slice(1) ?? [];
  const frame = frames.find((line) => !/[/\\](?:cotask[/\\](?:src|dist)|node_modules[/\\]cotask)[/\\]/.test(line));
  return frame === undefined ? '' : ` (made ${frame.trim()})`;
}
