/** Pins: a deadline in the past does nothing to a body that never suspends. */
import { TimeoutError, coroutine, sleep, timeout } from 'cotask';
import type { TimeoutScope } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, run }) => {
  const main = coroutine(function* () {
    const quick = yield* timeout(-11_000, function* (scope) {
      log('sync body');
      return scope;
    });
    log('expired', quick.expired());
    const scopes: TimeoutScope[] = [];
    try {
      yield* timeout(-11_000, function* (scope) {
        scopes.push(scope);
        yield* sleep(0);
      });
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      log('expired', scopes[0]?.expired(), now());
    }
  });
  await run(main());
};

export const async: Program = async ({ log, now, run }) => {
  const main = coroutine(async () => {
    const quick = await timeout(-11_000, async (scope) => {
      log('sync body');
      return scope;
    });
    log('expired', quick.expired());
    const scopes: TimeoutScope[] = [];
    try {
      await timeout(-11_000, async (scope) => {
        scopes.push(scope);
        await sleep(0);
      });
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      log('expired', scopes[0]?.expired(), now());
    }
  });
  await run(main());
};
