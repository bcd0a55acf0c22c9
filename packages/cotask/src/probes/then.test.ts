import { describe, expect, test } from 'vitest';

import { coroutine, gather, getRunningLoop, sleep } from '../index.ts';
import { outcomeOf, spawn, virtual } from './vocabulary.ts';

describe('then', () => {
  // N1
  test('is a wait: a cancel of the task that called it travels into the child', async () => {
    const lines = await virtual(async (log) => {
      const child = spawn(async () => log('child', await outcomeOf(sleep(50))));
      const task = spawn(async () => {
        void child.then(() => log('callback'));
        log('task', await outcomeOf(sleep(50)));
      });
      await sleep(1);
      task.cancel('x');
      await task;
      await child;
      await sleep(1);
    });
    expect(lines).toEqual(['child C(x)', 'task C(x)', 'callback']);
  });

  // N1
  test('rejects what it returned when its callback throws, and the loop goes on', async () => {
    const lines = await virtual(async (log) => {
      const future = getRunningLoop().createFuture<string>();
      const task = spawn(async () => {
        const chained = future.then(() => {
          throw new Error('in the callback');
        });
        log(await outcomeOf(chained));
      });
      await sleep(1);
      future.setResult('v');
      await task;
      log(await outcomeOf(sleep(1, 'the loop goes on')));
    });
    expect(lines).toEqual(['in the callback', 'the loop goes on']);
  });

  // N1
  test('rejects what it returned when the failure callback throws', async () => {
    const lines = await virtual(async (log) => {
      const future = getRunningLoop().createFuture<string>();
      const chained = future.then(null, (error) => {
        throw new Error('again', { cause: error });
      });
      future.setException(new Error('boom'));
      log(await outcomeOf(chained));
    });
    expect(lines).toEqual(['again']);
  });

  // N2
  test('returns what may be chained, awaited twice, and mixed with promises', async () => {
    const lines = await virtual(async (log) => {
      const chained = sleep(1, 1).then((value) => value + 1);
      log(await chained, await chained, await chained.then((value) => value + 1));
      log(await Promise.all([chained, sleep(1, 'ours'), Promise.resolve('native')]));
      const future = getRunningLoop().createFuture<string>();
      const handedOn = future.then();
      future.setResult('handed on');
      log(await handedOn);
    });
    expect(lines).toEqual(['2 2 3', '2,ours,native', 'handed on']);
  });

  // N2
  test('starts a coroutine: Promise.resolve is enough', async () => {
    const lines = await virtual(async (log) => {
      const work = coroutine(async () => {
        log('started');
        return 'value';
      });
      const unused = work();
      const promise = Promise.resolve(work());
      log(await promise);
      log(await unused);
    });
    expect(lines).toEqual(['started', 'value', 'started', 'value']);
  });

  // N2
  test.each(['async', 'generator'])(
    'of a coroutine of the %s gear works once: a second await is an error that says so',
    async (gear) => {
      const lines = await virtual(async (log) => {
        const work =
          gear === 'async'
            ? coroutine(async () => 'value')
            : // eslint-disable-next-line require-yield
              coroutine(function* () {
                return 'value';
              });
        const once = work();
        log(await once);
        const error: unknown = await Promise.resolve(once).then(
          () => 'no error',
          (reason: unknown) => reason,
        );
        expect(error).toMatchObject({
          code: expect.stringMatching(/^COTASK_/),
          message: expect.stringMatching(/twice|already|once/i),
        });
      });
      expect(lines).toEqual(['value']);
    },
  );
});

describe('spreading a task', () => {
  const misuse = { code: expect.stringMatching(/^COTASK_/), message: expect.stringMatching(/await|yield\*/) };

  /** What spreading it gives: a list, or the error. */
  function spread(iterable: Iterable<unknown>): unknown {
    try {
      return [...iterable];
    } catch (error) {
      return error;
    }
  }

  // N3
  test('in the step of a generator body is an error in words', async () => {
    await virtual(function* () {
      const task = spawn(async () => await sleep(1, 'v'));
      expect(spread(task)).toMatchObject(misuse);
      yield* task;
    });
  });

  // N3
  test('in an async body is an error in words', async () => {
    await virtual(async () => {
      const task = spawn(async () => await sleep(1, 'v'));
      expect(spread(task)).toMatchObject(misuse);
      expect(spread(sleep(1))).toMatchObject(misuse);
      await task;
    });
  });

  // N3
  test('is not what gather does with a single task', async () => {
    const lines = await virtual(async (log) => {
      const values = await gather(spawn(async () => await sleep(1, 'v')));
      log(values.length, values[0]);
    });
    expect(lines).toEqual(['1 v']);
  });
});
