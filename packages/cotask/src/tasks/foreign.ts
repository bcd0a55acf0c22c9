/** Waits for what the loop knows nothing of: promises, callbacks, events of the platform. */
import type { Awaitable, GeneratorBody } from './awaitable.ts';
import { getEventLoop } from './default-loop.ts';
import type { Future } from './future.ts';
import { park } from './parked.ts';
import type { Arm } from './parked.ts';

/** Parks, and counts among the waits that something outside the loop may end: virtual time lets the platform run first. */
export function parkForeign<T>(label: string, arm: Arm<T>): Awaitable<T> {
  return park<T>(label, (settle) => {
    const loop = getEventLoop();
    let waiting = true;
    const over = (): void => {
      if (waiting) loop.foreignWaits -= 1;
      waiting = false;
    };
    const ending = <A>(end: (with_: A) => void): ((with_: A) => void) => {
      return (with_) => {
        over();
        end(with_);
      };
    };
    loop.foreignWaits += 1;
    try {
      const undo = arm({ resolve: ending(settle.resolve), reject: ending(settle.reject) });
      return () => {
        over();
        undo?.();
      };
    } catch (error) {
      over();
      throw error;
    }
  });
}

/** Waits for a future of ours that something outside the loop will end. */
export function* waitForForeign<T>(future: Future<T>): GeneratorBody<T> {
  const { loop } = future;
  loop.foreignWaits += 1;
  try {
    return yield* future;
  } finally {
    loop.foreignWaits -= 1;
  }
}
