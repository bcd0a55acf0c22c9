/** Pins: awaits in a finally block work normally after a cancellation; a second cancel interrupts the clean-up. */
import { coroutine, createTask, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, now, run }) => {
  const worker = coroutine(function* (name: string) {
    try {
      yield* sleep(100_000);
    } finally {
      log(name, 'cleanup begins', now());
      yield* sleep(2_000);
      log(name, 'cleanup ends', now());
    }
  });
  const main = coroutine(function* () {
    const a = createTask(worker('a'));
    const b = createTask(worker('b'));
    yield* sleep(1_000);
    a.cancel();
    b.cancel();
    yield* sleep(1_000);
    b.cancel();
    yield* attempt('b', b);
    yield* attempt('a', a);
    log(now(), b.cancelling());
  });
  await run(main());
};

export const async: Program = async ({ attempt, log, now, run }) => {
  const worker = coroutine(async (name: string) => {
    try {
      await sleep(100_000);
    } finally {
      log(name, 'cleanup begins', now());
      await sleep(2_000);
      log(name, 'cleanup ends', now());
    }
  });
  const main = coroutine(async () => {
    const a = createTask(worker('a'));
    const b = createTask(worker('b'));
    await sleep(1_000);
    a.cancel();
    b.cancel();
    await sleep(1_000);
    b.cancel();
    await attempt('b', b);
    await attempt('a', a);
    log(now(), b.cancelling());
  });
  await run(main());
};
