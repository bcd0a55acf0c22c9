/** Pins: shield of a finished future is that future itself. */
import { coroutine, getRunningLoop, shield } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const main = coroutine(function* () {
    const future = getRunningLoop().createFuture<number>();
    future.setResult(1);
    log(shield(future) === future);
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const main = coroutine(async () => {
    const future = getRunningLoop().createFuture<number>();
    future.setResult(1);
    log(shield(future) === future);
  });

  await run(main());
};
