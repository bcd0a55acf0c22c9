import { describe, expect, test } from 'vitest';

import { allTasks, coroutine, createTask, currentTask, getRunningLoop, run, shield, sleep } from '../index.ts';
import { attempt, gears, inGear, on } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { newLog, show } from '../testing/transcript.ts';
import { VirtualHost } from '../testing/virtual-host.ts';

describe.each(gears)('run, in the %s gear', (gear) => {
  /** Runs a program on virtual time; its lines, and then how the run ended. */
  async function lines(write: (log: ReturnType<typeof newLog>) => EitherBody<unknown>): Promise<string[]> {
    const log = newLog();
    const main = coroutine(inGear(gear, () => write(log)));
    const ending = run(main(), { host: new VirtualHost() });
    log(await ending.catch((error: unknown) => `failed: ${show(error)}`));
    return log.lines;
  }

  const task = <T>(write: () => EitherBody<T>, name?: string) =>
    createTask(coroutine(inGear(gear, write))(), name === undefined ? {} : { name });

  test('gives the result of its main task, called main, on a loop of its own', async () => {
    expect(
      await lines(function* (log) {
        log(currentTask()?.getName(), allTasks().length, getRunningLoop().isRunning());
        return yield* on(sleep(1, 'result'));
      }),
    ).toEqual(['main 1 true', 'result']);
  });

  test('cancels what is left, waits for its clean-up, and closes the loop', async () => {
    let loop: ReturnType<typeof getRunningLoop> | undefined;
    const told = await lines(function* (log) {
      loop = getRunningLoop();
      for (const [name, ms] of [
        ['a', 2],
        ['b', 1],
      ] as const) {
        void task(function* () {
          try {
            yield* on(sleep(100));
          } finally {
            yield* on(sleep(ms));
            log(name, loop?.time());
          }
        });
      }
      yield* on(sleep(1));
      return 'result';
    });
    expect(told).toEqual(['b 2', 'a 3', 'result']);
    expect([loop?.isRunning(), loop?.isClosed()]).toEqual([false, true]);
  });

  test('cancels what leftovers begin as well, until none is left', async () => {
    expect(
      await lines(function* (log) {
        const leave = (depth: number): void => {
          void task(function* () {
            try {
              yield* on(sleep(100));
            } finally {
              log('cancelled', depth);
              if (depth < 3) leave(depth + 1);
            }
          });
        };
        leave(1);
        yield* on(sleep(1));
      }),
    ).toEqual(['cancelled 1', 'cancelled 2', 'cancelled 3', 'undefined']);
  });

  test('says of each leftover why it was cancelled', async () => {
    expect(
      await lines(function* (log) {
        void task(function* () {
          try {
            yield* on(sleep(100));
          } catch (error) {
            log(error instanceof Error ? error.message : error);
            throw error;
          }
        }, 'left');
        yield* on(sleep(1));
      }),
    ).toEqual(['task "left" was cancelled because its run ends', 'undefined']);
  });

  test('does not protect what a shield protects', async () => {
    expect(
      await lines(function* (log) {
        const inner = task(function* () {
          log('inner', yield* attempt(sleep(100)));
        });
        const outer = task(() => on(shield(inner)));
        yield* on(sleep(1));
        outer.cancel('x');
        log('outer', yield* attempt(outer));
      }),
    ).toEqual(['outer C(x)', 'inner C', 'undefined']);
  });

  test('throws the error of its main task when the leftovers have ended', async () => {
    expect(
      await lines(function* (log) {
        void task(function* () {
          try {
            yield* on(sleep(100));
          } finally {
            log('cleaned up');
          }
        });
        yield* on(sleep(1));
        throw new Error('broken');
      }),
    ).toEqual(['cleaned up', 'failed: broken']);
  });

  test('of a main task that is cancelled rejects with the cancel', async () => {
    expect(
      await lines(function* () {
        currentTask()?.cancel('x');
        yield* on(sleep(1));
      }),
    ).toEqual(['failed: C(x)']);
  });

  test('reports the errors of leftovers that nobody looked at', async () => {
    expect(
      await lines(function* (log) {
        getRunningLoop().setExceptionHandler((_, { message, exception }) => log(message, exception));
        void task(function* () {
          try {
            yield* on(sleep(100));
          } catch {
            throw new Error('broken');
          }
        }, 'left');
        yield* on(sleep(1));
      }),
    ).toEqual(['task "left" failed, and nobody looked at its error: broken', 'undefined']);
  });

  test('does not report an error that somebody looks at in the end', async () => {
    expect(
      await lines(function* (log) {
        getRunningLoop().setExceptionHandler((_, { message }) => log(message));
        const failing = task(function* () {
          throw new Error('broken');
        });
        yield* on(sleep(10));
        log(yield* attempt(failing));
      }),
    ).toEqual(['broken', 'undefined']);
  });
});

test('two runs may overlap, each on its own loop', async () => {
  const main = coroutine(async (ms: number) => {
    await sleep(ms);
    return getRunningLoop();
  });
  const host = new VirtualHost();
  const [a, b] = await Promise.all([run(main(2), { host }), run(main(1), { host: new VirtualHost() })]);
  expect(a).not.toBe(b);
  expect([a.isClosed(), b.isClosed(), a.time()]).toEqual([true, true, 2]);
});

test('a run whose loop is stopped says so', async () => {
  const main = coroutine(async () => {
    getRunningLoop().stop();
    await sleep(1);
  });
  await expect(run(main(), { host: new VirtualHost() })).rejects.toMatchObject({ code: 'COTASK_LOOP_STOPPED' });
});

test('a run that can never end names the whole chain of who waits for whom, and lets the tasks clean up', async () => {
  const cleaned: string[] = [];
  const main = coroutine(async () => {
    const letter = getRunningLoop().createFuture('a letter');
    const reader = coroutine(async () => {
      try {
        await letter;
      } finally {
        cleaned.push('reader');
      }
    });
    await createTask(reader(), { name: 'reader' });
  });
  const error: unknown = await run(main(), { host: new VirtualHost() }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'COTASK_DEADLOCK' });
  const words = error instanceof Error ? error.message.split('\n').map((line) => line.trim()) : [];
  expect(words.slice(1)).toEqual(['task "main" waits for task "reader"', 'task "reader" waits for a letter']);
  expect(cleaned).toEqual(['reader']);
});
