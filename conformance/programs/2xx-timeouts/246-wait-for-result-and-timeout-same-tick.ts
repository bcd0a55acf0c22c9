/** Pins: result and deadline in the same tick. */
import { coroutine, createTask, getRunningLoop, sleep, waitFor } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, outcome, run }) => {
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    const first = loop.createFuture<string>();
    loop.callLater(1_000, () => first.done() || first.setResult('v'));
    yield* attempt('result timer first:', waitFor(first, 1_000));
    log('future', outcome(first));
    const second = loop.createFuture<string>();
    const task = createTask(waitFor(second, 1_000));
    yield* sleep(0);
    loop.callLater(1_000, () => second.done() || second.setResult('v'));
    yield* attempt('deadline timer first:', task);
    log('future', outcome(second));
  });
  await run(main());
};

export const async: Program = async ({ attempt, log, outcome, run }) => {
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    const first = loop.createFuture<string>();
    loop.callLater(1_000, () => first.done() || first.setResult('v'));
    await attempt('result timer first:', waitFor(first, 1_000));
    log('future', outcome(first));
    const second = loop.createFuture<string>();
    const task = createTask(waitFor(second, 1_000));
    await sleep(0);
    loop.callLater(1_000, () => second.done() || second.setResult('v'));
    await attempt('deadline timer first:', task);
    log('future', outcome(second));
  });
  await run(main());
};
