/** Pins: if the awaitable raises while being cancelled by the timeout, that exception comes out, not TimeoutError. */
import { coroutine, createTask, sleep, waitFor } from 'cotask';

import { boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, run }) => {
  const worker = coroutine(function* () {
    try {
      yield* sleep(100_000);
    } finally {
      boom('cleanup');
    }
  });
  const main = coroutine(function* () {
    yield* attempt('wait_for', waitFor(createTask(worker()), 1_000));
  });
  await run(main());
};

export const async: Program = async ({ attempt, run }) => {
  const worker = coroutine(async () => {
    try {
      await sleep(100_000);
    } finally {
      boom('cleanup');
    }
  });
  const main = coroutine(async () => {
    await attempt('wait_for', waitFor(createTask(worker()), 1_000));
  });
  await run(main());
};
