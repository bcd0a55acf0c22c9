/** Pins: reschedule moves the deadline later, earlier or away while the block is running. */
import { coroutine, getRunningLoop, sleep, timeout } from 'cotask';

import { show } from '../../harness/show.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, now, run }) => {
  const block = coroutine(function* (delays: readonly (number | null)[]) {
    yield* timeout(1_000, function* (scope) {
      const loop = getRunningLoop();
      for (const delay of delays) scope.reschedule(delay === null ? null : loop.time() + delay * 1_000);
      const when = scope.when();
      log('when', when === null ? null : when / 1_000);
      yield* sleep(20_000);
    });
    return 'completed';
  });
  const main = coroutine(function* () {
    for (const delays of [[5], [5, 0.5], [null], [-1], [null, 3]]) {
      const started = now();
      yield* attempt(show(delays), block(delays));
      log('took', now() - started);
    }
  });
  await run(main());
};

export const async: Program = async ({ attempt, log, now, run }) => {
  const block = coroutine(async (delays: readonly (number | null)[]) => {
    await timeout(1_000, async (scope) => {
      const loop = getRunningLoop();
      for (const delay of delays) scope.reschedule(delay === null ? null : loop.time() + delay * 1_000);
      const when = scope.when();
      log('when', when === null ? null : when / 1_000);
      await sleep(20_000);
    });
    return 'completed';
  });
  const main = coroutine(async () => {
    for (const delays of [[5], [5, 0.5], [null], [-1], [null, 3]]) {
      const started = now();
      await attempt(show(delays), block(delays));
      log('took', now() - started);
    }
  });
  await run(main());
};
