/** Pins: when main ends, run cancels every other task and waits for all of them before it returns. */
import { coroutine, createTask, sleep } from 'cotask';
import type { Task } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, outcome, run }) => {
  const left = coroutine(function* (n: number) {
    try {
      yield* sleep(100_000);
    } finally {
      yield* sleep(n * 1_000);
      log('leftover', n, 'cleaned up', now());
    }
  });

  const tasks: Task<void>[] = [];
  const main = coroutine(function* () {
    tasks.push(createTask(left(1)), createTask(left(2)));
    yield* sleep(1_000);
    log('main ends');
    return 'result';
  });

  log(await run(main()), tasks.map(outcome));
};

export const async: Program = async ({ log, now, outcome, run }) => {
  const left = coroutine(async (n: number) => {
    try {
      await sleep(100_000);
    } finally {
      await sleep(n * 1_000);
      log('leftover', n, 'cleaned up', now());
    }
  });

  const tasks: Task<void>[] = [];
  const main = coroutine(async () => {
    tasks.push(createTask(left(1)), createTask(left(2)));
    await sleep(1_000);
    log('main ends');
    return 'result';
  });

  log(await run(main()), tasks.map(outcome));
};
