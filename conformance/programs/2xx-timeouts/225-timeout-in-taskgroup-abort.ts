/** Pins: a timeout in the body of a group that aborts is not expired and does not turn the abort into a TimeoutError. */
import { coroutine, sleep, taskGroup, timeout } from 'cotask';
import type { TimeoutScope } from 'cotask';

import { Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, me, run }) => {
  const crash = coroutine(function* () {
    yield* sleep(1_000);
    throw new Boom('child');
  });
  const main = coroutine(function* () {
    try {
      yield* taskGroup(function* (group) {
        group.createTask(crash());
        const scopes: TimeoutScope[] = [];
        try {
          yield* timeout(10_000, function* (scope) {
            scopes.push(scope);
            yield* sleep(50_000);
          });
        } finally {
          log('expired', scopes[0]?.expired());
        }
      });
    } catch (error) {
      log(error, me().cancelling());
    }
  });
  await run(main());
};

export const async: Program = async ({ log, me, run }) => {
  const crash = coroutine(async () => {
    await sleep(1_000);
    throw new Boom('child');
  });
  const main = coroutine(async () => {
    try {
      await taskGroup(async (group) => {
        group.createTask(crash());
        const scopes: TimeoutScope[] = [];
        try {
          await timeout(10_000, async (scope) => {
            scopes.push(scope);
            await sleep(50_000);
          });
        } finally {
          log('expired', scopes[0]?.expired());
        }
      });
    } catch (error) {
      log(error, me().cancelling());
    }
  });
  await run(main());
};
