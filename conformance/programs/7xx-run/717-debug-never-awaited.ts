/** Pins: a coroutine object that is dropped without being awaited warns "was never awaited". */
import { coroutine, getRunningLoop } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const ownProcess = true;

export const generator: Program = async ({ collect, log, run }) => {
  const forgotten = coroutine(function* () {});

  const main = coroutine(function* () {
    const warnings: string[] = [];
    getRunningLoop().setExceptionHandler((_, { message }) => void warnings.push(message));
    void forgotten();
    yield* collect();
    log(warnings.map((message) => ['RuntimeWarning', message.includes('never awaited')]));
  });

  await run(main(), { debug: true });
};

export const async: Program = async ({ collect, log, run }) => {
  const forgotten = coroutine(async () => {});

  const main = coroutine(async () => {
    const warnings: string[] = [];
    getRunningLoop().setExceptionHandler((_, { message }) => void warnings.push(message));
    void forgotten();
    await collect();
    log(warnings.map((message) => ['RuntimeWarning', message.includes('never awaited')]));
  });

  await run(main(), { debug: true });
};
