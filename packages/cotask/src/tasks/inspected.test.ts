import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';

import { coroutine, createTask, getRunningLoop, sleep } from '../index.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { me, play } from '../testing/stage.ts';

describe.each(gears)('what is printed, in the %s gear', (gear) => {
  test('of a task is its name and what it does', async () => {
    const lines = await play(gear, function* ({ log }) {
      const task = createTask(sleep(5), { name: 'nap' });
      log(String(task));
      yield* on(sleep(1));
      log(String(task), String(me()));
      yield* on(task);
      log(String(task));
    });
    expect(lines).toEqual(['task "nap" (ready)', 'task "nap" (waiting) task "main" (running)', 'task "nap" (done)']);
  });

  test('of a task that ended otherwise is how', async () => {
    const lines = await play(gear, function* ({ log }) {
      const fails = coroutine(function* () {
        yield* sleep(1);
        throw new Error('broken');
      });
      const [failed, cancelled] = [createTask(fails(), { name: 'a' }), createTask(sleep(9), { name: 'b' })];
      yield* attempt(failed);
      cancelled.cancel();
      yield* attempt(cancelled);
      log(String(failed), String(cancelled));
    });
    expect(lines).toEqual(['task "a" (failed) task "b" (cancelled)']);
  });
});

test('a future, a coroutine and a task are one line each for the console, not all that is inside', async () => {
  const lines = await play('generator', function* ({ log }) {
    const work = coroutine(function* work() {
      yield* sleep(1);
    });
    const future = getRunningLoop().createFuture<string>('the answer');
    const [begun, not] = [createTask(work(), { name: 'work' }), work()];
    log(inspect([future, begun, not]));
    future.setResult('42');
    log(inspect(future));
    yield* on(begun);
    yield* on(not);
  });
  expect(lines).toEqual(['[ the answer (pending), task "work" (ready), coroutine work ]', 'the answer (done)']);
});
