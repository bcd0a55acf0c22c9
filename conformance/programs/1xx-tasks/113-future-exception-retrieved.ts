/** Pins: result(), exception(), await and cancel() of a failed future each count as retrieval; a plain result never warns. */
import { coroutine, getRunningLoop } from 'cotask';
import type { Future } from 'cotask';

import { Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, collect, log, run }) => {
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    const failed = (): Future<never> => {
      const future = loop.createFuture<never>();
      future.setException(new Boom('b'));
      return future;
    };
    failed().exception();
    try {
      failed().result();
    } catch (error) {
      if (!(error instanceof Boom)) throw error;
    }
    yield* attempt('await', failed());
    failed().cancel();
    loop.createFuture<number>().setResult(1);
    void loop.createFuture();
    yield* collect();
    log('no report');
  });
  await run(main());
};

export const async: Program = async ({ attempt, collect, log, run }) => {
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    const failed = (): Future<never> => {
      const future = loop.createFuture<never>();
      future.setException(new Boom('b'));
      return future;
    };
    failed().exception();
    try {
      failed().result();
    } catch (error) {
      if (!(error instanceof Boom)) throw error;
    }
    await attempt('await', failed());
    failed().cancel();
    loop.createFuture<number>().setResult(1);
    void loop.createFuture();
    await collect();
    log('no report');
  });
  await run(main());
};
