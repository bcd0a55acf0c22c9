/** Pins: closing a coroutine that has not started runs nothing; closing a suspended one runs its finally blocks. */
import { coroutine, createTask, getRunningLoop, sleep, wait } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const worker = coroutine(function* () {
    log('started');
    try {
      yield* getRunningLoop().createFuture<void>();
    } finally {
      log('finally');
    }
  });
  // There is no close(): a body that waits is ended by a cancel of its task, and one that has not begun needs no end.
  const main = coroutine(function* () {
    void worker();
    const task = createTask(worker());
    yield* sleep(0);
    task.cancel();
    yield* wait([task]);
    log('closed');
  });
  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const worker = coroutine(async () => {
    log('started');
    try {
      await getRunningLoop().createFuture<void>();
    } finally {
      log('finally');
    }
  });
  // There is no close(): a body that waits is ended by a cancel of its task, and one that has not begun needs no end.
  const main = coroutine(async () => {
    void worker();
    const task = createTask(worker());
    await sleep(0);
    task.cancel();
    await wait([task]);
    log('closed');
  });
  await run(main());
};
