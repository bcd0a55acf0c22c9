/** Pins: exactly one iteration passes between set_result and the resumption of the awaiting task. */
import { coroutine, createTask, getRunningLoop, sleep } from 'cotask';
import type { Future } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run, tick }) => {
  const waiter = coroutine(function* (future: Future<string>) {
    log('got', yield* future, 'at', tick());
  });
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    const future = loop.createFuture<string>();
    const task = createTask(waiter(future));
    yield* sleep(0);
    future.setResult('v');
    loop.callSoon(log, 'soon after set');
    log('set at', tick());
    yield* task;
    log('task awaited at', tick());
  });
  await run(main());
};

export const async: Program = async ({ log, run, tick }) => {
  const waiter = coroutine(async (future: Future<string>) => {
    log('got', await future, 'at', tick());
  });
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    const future = loop.createFuture<string>();
    const task = createTask(waiter(future));
    await sleep(0);
    future.setResult('v');
    loop.callSoon(log, 'soon after set');
    log('set at', tick());
    await task;
    log('task awaited at', tick());
  });
  await run(main());
};
