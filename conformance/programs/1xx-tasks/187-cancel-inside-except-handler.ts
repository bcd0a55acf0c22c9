/** Pins: a second cancellation can arrive inside the handler of the first: it is a new CancelledError at the handler's own await. */
import { coroutine, createTask, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, me, run }) => {
  const worker = coroutine(function* () {
    try {
      yield* sleep(100_000);
    } catch (first) {
      try {
        yield* sleep(100_000);
      } catch (second) {
        log(first, second, first === second, 'cancelling', me().cancelling());
        throw second;
      }
    }
  });
  const main = coroutine(function* () {
    const task = createTask(worker());
    yield* sleep(1_000);
    task.cancel('one');
    yield* sleep(1_000);
    task.cancel('two');
    yield* attempt('w', task);
  });
  await run(main());
};

export const async: Program = async ({ attempt, log, me, run }) => {
  const worker = coroutine(async () => {
    try {
      await sleep(100_000);
    } catch (first) {
      try {
        await sleep(100_000);
      } catch (second) {
        log(first, second, first === second, 'cancelling', me().cancelling());
        throw second;
      }
    }
  });
  const main = coroutine(async () => {
    const task = createTask(worker());
    await sleep(1_000);
    task.cancel('one');
    await sleep(1_000);
    task.cancel('two');
    await attempt('w', task);
  });
  await run(main());
};
