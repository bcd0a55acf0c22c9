/** Pins: a future is set once: a second set_result/set_exception raises InvalidStateError, cancel returns false. */
import { coroutine, getRunningLoop } from 'cotask';
import type { Future } from 'cotask';

import { Boom, Bang } from '../../harness/mishaps.ts';
import { kind } from '../../harness/kind.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, outcome, run }) => {
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    const ways: [string, (future: Future<number>) => unknown][] = [
      ['result', (future) => future.setResult(1)],
      ['exception', (future) => future.setException(new Boom('a'))],
      ['cancel', (future) => future.cancel()],
    ];
    for (const [first, settle] of ways) {
      const future = loop.createFuture<number>();
      settle(future);
      const row = [first];
      for (const call of [() => future.setResult(2), () => future.setException(new Bang('b'))]) {
        try {
          call();
          row.push('accepted');
        } catch (error) {
          row.push(kind(error));
        }
      }
      log(row, 'cancel:', future.cancel(), outcome(future));
    }
  });
  await run(main());
};

export const async: Program = async ({ log, outcome, run }) => {
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    const ways: [string, (future: Future<number>) => unknown][] = [
      ['result', (future) => future.setResult(1)],
      ['exception', (future) => future.setException(new Boom('a'))],
      ['cancel', (future) => future.cancel()],
    ];
    for (const [first, settle] of ways) {
      const future = loop.createFuture<number>();
      settle(future);
      const row = [first];
      for (const call of [() => future.setResult(2), () => future.setException(new Bang('b'))]) {
        try {
          call();
          row.push('accepted');
        } catch (error) {
          row.push(kind(error));
        }
      }
      log(row, 'cancel:', future.cancel(), outcome(future));
    }
  });
  await run(main());
};
