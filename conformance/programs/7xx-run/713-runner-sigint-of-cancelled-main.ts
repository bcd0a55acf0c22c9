/** Pins: SIGINT while main is already being cancelled by somebody else: CancelledError, not KeyboardInterrupt. */
import { coroutine, createTask, currentTask, sleep } from 'cotask';
import type { Task } from 'cotask';

import { kind } from '../../harness/kind.ts';
import type { Program } from '../../harness/stage.ts';

export const ownProcess = true;

export const generator: Program = async ({ log, runReal }) => {
  const sub = coroutine(function* (task: Task<unknown> | null) {
    yield* sleep(0);
    task?.cancel();
    process.kill(process.pid, 'SIGINT');
  });

  const main = coroutine(function* () {
    createTask(sub(currentTask()));
    try {
      yield* sleep(10_000);
    } finally {
      // The platform delivers the signal in its own time, CPython between two bytecodes.
      yield* sleep(10_000);
    }
  });

  try {
    await runReal(main(), { handleSignals: true });
  } catch (error) {
    log(kind(error));
  }
};

export const async: Program = async ({ log, runReal }) => {
  const sub = coroutine(async (task: Task<unknown> | null) => {
    await sleep(0);
    task?.cancel();
    process.kill(process.pid, 'SIGINT');
  });

  const main = coroutine(async () => {
    createTask(sub(currentTask()));
    try {
      await sleep(10_000);
    } finally {
      // The platform delivers the signal in its own time, CPython between two bytecodes.
      await sleep(10_000);
    }
  });

  try {
    await runReal(main(), { handleSignals: true });
  } catch (error) {
    log(kind(error));
  }
};
