/** Pins: in debug mode scheduling a coroutine function or a non-callable is a TypeError at the call, not later. */
import { coroutine, getRunningLoop } from 'cotask';

import { kind } from '../../harness/kind.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const coro = coroutine(function* () {});
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    const made = coro();
    const wrong: unknown[] = [coro, made, 'no'];
    const calls = [
      (callback: never) => loop.callSoon(callback),
      (callback: never) => loop.callAt(1_000, callback),
      (callback: never) => loop.callLater(1_000, callback),
    ];
    for (const bad of wrong) {
      for (const call of calls) {
        try {
          // @ts-expect-error: not a function to call.
          const handle = call(bad);
          handle.cancel();
          log('accepted');
        } catch (error) {
          log(kind(error));
        }
      }
    }
    // There is no close(): what has not begun is run.
    yield* made;
  });
  await run(main(), { debug: true });
};

export const async: Program = async ({ log, run }) => {
  const coro = coroutine(async () => {});
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    const made = coro();
    const wrong: unknown[] = [coro, made, 'no'];
    const calls = [
      (callback: never) => loop.callSoon(callback),
      (callback: never) => loop.callAt(1_000, callback),
      (callback: never) => loop.callLater(1_000, callback),
    ];
    for (const bad of wrong) {
      for (const call of calls) {
        try {
          // @ts-expect-error: not a function to call.
          const handle = call(bad);
          handle.cancel();
          log('accepted');
        } catch (error) {
          log(kind(error));
        }
      }
    }
    // There is no close(): what has not begun is run.
    await made;
  });
  await run(main(), { debug: true });
};
