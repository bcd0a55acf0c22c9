/** Pins: a task that cancels itself runs on until it next really suspends. */
import { coroutine, createTask, getRunningLoop, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, me, run }) => {
  const worker = coroutine(function* () {
    me().cancel();
    log('still running');
    const future = getRunningLoop().createFuture<string>();
    future.setResult('done future');
    log('no suspension:', yield* future);
    try {
      yield* sleep(0);
    } finally {
      log('interrupted at sleep(0)');
    }
    log('not reached');
  });
  const main = coroutine(function* () {
    const task = createTask(worker());
    yield* attempt('w', task);
    log(task.cancelled());
  });
  await run(main());
};

export const async: Program = async ({ attempt, log, me, run }) => {
  const worker = coroutine(async () => {
    me().cancel();
    log('still running');
    const future = getRunningLoop().createFuture<string>();
    future.setResult('done future');
    log('no suspension:', await future);
    try {
      await sleep(0);
    } finally {
      log('interrupted at sleep(0)');
    }
    log('not reached');
  });
  const main = coroutine(async () => {
    const task = createTask(worker());
    await attempt('w', task);
    log(task.cancelled());
  });
  await run(main());
};
