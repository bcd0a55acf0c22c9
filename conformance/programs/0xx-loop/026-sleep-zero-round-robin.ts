/** Pins: sleep(0) gives exactly one iteration to every other ready task, so tasks alternate strictly. */
import { coroutine, gather, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run, tick }) => {
  const worker = coroutine(function* (name: string) {
    for (let round = 0; round < 3; round += 1) {
      log(name, round, 'tick', tick());
      yield* sleep(0);
    }
  });
  const main = coroutine(function* () {
    yield* gather(worker('a'), worker('b'));
  });
  await run(main());
};

export const async: Program = async ({ log, run, tick }) => {
  const worker = coroutine(async (name: string) => {
    for (let round = 0; round < 3; round += 1) {
      log(name, round, 'tick', tick());
      await sleep(0);
    }
  });
  const main = coroutine(async () => {
    await gather(worker('a'), worker('b'));
  });
  await run(main());
};
