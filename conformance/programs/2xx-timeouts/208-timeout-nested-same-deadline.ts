/** Pins: nested timeouts that expire together each turn into their own TimeoutError. */
import { TimeoutError, coroutine, sleep, timeout } from 'cotask';
import type { TimeoutScope } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ advance, log, me, now, run }) => {
  const both = coroutine(function* () {
    const scopes: TimeoutScope[] = [];
    try {
      yield* timeout(1_000, function* (outer) {
        scopes.push(outer);
        try {
          yield* timeout(2_000, function* (inner) {
            scopes.push(inner);
            // A synchronous block past both.
            advance(5_000);
            yield* sleep(10_000);
          });
        } catch (error) {
          log('inner', error, scopes[1]?.expired());
          throw error;
        }
      });
    } catch (error) {
      log('outer', error, scopes[0]?.expired());
    }
    log('cancelling', me().cancelling(), now());
  });
  const innerOnly = coroutine(function* () {
    try {
      yield* timeout(2_000, function* () {
        try {
          yield* timeout(1_000, function* () {
            // Past the inner one only.
            advance(1_500);
            yield* sleep(10_000);
          });
        } catch (error) {
          if (!(error instanceof TimeoutError)) throw error;
          log('inner caught', error, now());
        }
        yield* sleep(10_000);
      });
    } catch (error) {
      log('outer', error, now());
    }
  });
  await run(both());
  await run(innerOnly());
};

export const async: Program = async ({ advance, log, me, now, run }) => {
  const both = coroutine(async () => {
    const scopes: TimeoutScope[] = [];
    try {
      await timeout(1_000, async (outer) => {
        scopes.push(outer);
        try {
          await timeout(2_000, async (inner) => {
            scopes.push(inner);
            // A synchronous block past both.
            advance(5_000);
            await sleep(10_000);
          });
        } catch (error) {
          log('inner', error, scopes[1]?.expired());
          throw error;
        }
      });
    } catch (error) {
      log('outer', error, scopes[0]?.expired());
    }
    log('cancelling', me().cancelling(), now());
  });
  const innerOnly = coroutine(async () => {
    try {
      await timeout(2_000, async () => {
        try {
          await timeout(1_000, async () => {
            // Past the inner one only.
            advance(1_500);
            await sleep(10_000);
          });
        } catch (error) {
          if (!(error instanceof TimeoutError)) throw error;
          log('inner caught', error, now());
        }
        await sleep(10_000);
      });
    } catch (error) {
      log('outer', error, now());
    }
  });
  await run(both());
  await run(innerOnly());
};
