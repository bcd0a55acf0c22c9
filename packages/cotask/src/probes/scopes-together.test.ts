import { describe, expect, test } from 'vitest';

import { gather, getRunningLoop, shield, sleep } from '../index.ts';
import { attempt, gears, me, on, wordsOf } from './vocabulary.ts';
import type { Body, Log } from './vocabulary.ts';

/** Waits long; says so when it is cancelled, and cleans up for a while. */
function* careful(log: Log, name: string, cleanUpMs: number): Body<void> {
  try {
    yield* on(sleep(500));
  } catch (error) {
    log(name, error);
    log(name, yield* attempt(sleep(cleanUpMs, 'clean')), getRunningLoop().time());
    throw error;
  }
}

describe.each(gears)('in the %s gear', (gear) => {
  const { coroutineOf, program, spawn } = wordsOf(gear);
  const carefully = coroutineOf(careful);

  // S23
  test('a cancelled gather waits for the last clean-up of its children', async () => {
    const lines = await program(function* (log) {
      const task = spawn(function* () {
        yield* on(gather(carefully(log, 'a', 2), carefully(log, 'b', 6)));
      });
      yield* on(sleep(1));
      task.cancel('x');
      log('task', yield* attempt(task), getRunningLoop().time());
    });
    expect(lines).toEqual(['a C(x)', 'b C(x)', 'a clean 3', 'b clean 7', 'task C(x) 7']);
  });

  test.each([false, true])(
    'a cancelled gather is cancelled though every child swallows it (returnExceptions: %s)',
    async (returnExceptions) => {
      const lines = await program(function* (log) {
        const swallowing = coroutineOf(function* () {
          return `swallowed ${yield* attempt(sleep(50))}`;
        });
        const task = spawn(function* () {
          log(yield* attempt(gather([swallowing(), swallowing()], { returnExceptions })));
          log(yield* attempt(sleep(1, 'clean')), me().cancelling());
        });
        yield* on(sleep(1));
        task.cancel('x');
        yield* on(task);
      });
      expect(lines).toEqual(['C(x)', 'clean 1']);
    },
  );

  test('a second cancel meanwhile hits the clean-up of the children, and the task sees one', async () => {
    const lines = await program(function* (log) {
      const task = spawn(function* () {
        log('task', yield* attempt(gather(carefully(log, 'a', 2), carefully(log, 'b', 6))), me().cancelling());
        log('task', yield* attempt(sleep(1, 'clean')));
      });
      yield* on(sleep(1));
      task.cancel('first');
      yield* on(sleep(3.5));
      task.cancel('second');
      yield* on(task);
    });
    expect(lines).toEqual([
      'a C(first)',
      'b C(first)',
      'a clean 3',
      'b C(second) 4.5',
      'task C(first) 2',
      'task clean',
    ]);
  });

  // S24
  test('a shield is cancelled for its waiter; what it guards goes on', async () => {
    const lines = await program(function* (log) {
      const child = spawn(function* () {
        return yield* on(sleep(10, 'v'));
      });
      const task = spawn(function* () {
        log('shield', yield* attempt(shield(child)));
        log('child', child.done());
      });
      yield* on(sleep(1));
      task.cancel('x');
      yield* on(task);
      log('child', yield* on(child), getRunningLoop().time());
    });
    expect(lines).toEqual(['shield C(x)', 'child false', 'child v 10']);
  });
});
