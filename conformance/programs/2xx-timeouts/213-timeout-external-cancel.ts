/** Pins: an outside cancellation before the deadline stays a CancelledError. */
import { coroutine, createTask, sleep, timeout } from 'cotask';
import type { TimeoutScope } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, me, run }) => {
  const worker = coroutine(function* () {
    const scopes: TimeoutScope[] = [];
    try {
      yield* timeout(10_000, function* (scope) {
        scopes.push(scope);
        yield* sleep(50_000);
      });
    } finally {
      log('expired', scopes[0]?.expired(), 'cancelling', me().cancelling());
    }
  });
  const main = coroutine(function* () {
    const task = createTask(worker());
    yield* sleep(1_000);
    task.cancel('outside');
    yield* attempt('w', task);
  });
  await run(main());
};

export const async: Program = async ({ attempt, log, me, run }) => {
  const worker = coroutine(async () => {
    const scopes: TimeoutScope[] = [];
    try {
      await timeout(10_000, async (scope) => {
        scopes.push(scope);
        await sleep(50_000);
      });
    } finally {
      log('expired', scopes[0]?.expired(), 'cancelling', me().cancelling());
    }
  });
  const main = coroutine(async () => {
    const task = createTask(worker());
    await sleep(1_000);
    task.cancel('outside');
    await attempt('w', task);
  });
  await run(main());
};
