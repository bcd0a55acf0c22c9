/** Pins: Runner keeps one loop and one context over several run() calls; context changes persist. */
import { Runner, coroutine, sleep, taskLocal } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, makeLoop }) => {
  const v = taskLocal<number>({ name: 'v', default: -1 });

  const exchange = coroutine(function* (x: number) {
    const old = v.get();
    yield* sleep(0);
    v.set(x);
    return old;
  });

  const runner = new Runner({ loopFactory: makeLoop });
  const loop = runner.getLoop();
  const olds: number[] = [];
  for (const x of [1, 2, 3]) olds.push(await runner.run(exchange(x)));
  log(...olds, runner.getLoop() === loop);
  await runner.close();
  log(loop.isClosed(), v.get());
};

export const async: Program = async ({ log, makeLoop }) => {
  const v = taskLocal<number>({ name: 'v', default: -1 });

  const exchange = coroutine(async (x: number) => {
    const old = v.get();
    await sleep(0);
    v.set(x);
    return old;
  });

  const runner = new Runner({ loopFactory: makeLoop });
  const loop = runner.getLoop();
  const olds: number[] = [];
  for (const x of [1, 2, 3]) olds.push(await runner.run(exchange(x)));
  log(...olds, runner.getLoop() === loop);
  await runner.close();
  log(loop.isClosed(), v.get());
};
