/** Pins: done callbacks are never called synchronously: each is scheduled with call_soon, in order of addition. */
import { coroutine, getRunningLoop, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run, tick }) => {
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    const future = loop.createFuture<number>();
    future.addDoneCallback((done) => log('one', tick(), done === future, done.result()));
    future.addDoneCallback(() => log('two', tick()));
    loop.callSoon(log, 'soon before set');
    future.setResult(42);
    loop.callSoon(log, 'soon after set');
    log('set at', tick());
    yield* sleep(0);
  });
  await run(main());
};

export const async: Program = async ({ log, run, tick }) => {
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    const future = loop.createFuture<number>();
    future.addDoneCallback((done) => log('one', tick(), done === future, done.result()));
    future.addDoneCallback(() => log('two', tick()));
    loop.callSoon(log, 'soon before set');
    future.setResult(42);
    loop.callSoon(log, 'soon after set');
    log('set at', tick());
    await sleep(0);
  });
  await run(main());
};
