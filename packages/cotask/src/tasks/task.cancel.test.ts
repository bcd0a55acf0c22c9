import { describe, expect, test } from 'vitest';

import { sleep } from '../index.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { me, play } from '../testing/stage.ts';

describe.each(gears)('the requests to cancel a task, in the %s gear', (gear) => {
  test('are counted, and taken off one by one, never below zero', async () => {
    const lines = await play(gear, function* (stage) {
      const task = stage.spawn(function* () {
        for (let i = 0; i < 2; i++) stage.log(yield* attempt(sleep(100)), me().cancelling());
        stage.log(me().uncancel(), me().uncancel(), me().uncancel());
        return 'ended';
      });
      yield* on(sleep(1));
      task.cancel('first');
      yield* on(sleep(1));
      task.cancel('second');
      stage.log(yield* attempt(task), task.cancelled(), task.cancelling());
    });
    expect(lines).toEqual(['C(first) 1', 'C(second) 2', '1 0 0', 'ended false 0']);
  });

  test('are withdrawn when they are taken off before they were delivered', async () => {
    const lines = await play(gear, function* (stage) {
      const task = stage.spawn(function* () {
        me().cancel('x');
        stage.log(me().uncancel());
        return yield* on(sleep(1, 'slept'));
      });
      stage.log(yield* attempt(task));
    });
    expect(lines).toEqual(['0', 'slept']);
  });

  test('of which none was delivered yet come in one error, the newest one', async () => {
    const lines = await play(gear, function* (stage) {
      const unstarted = stage.spawn(() => on(sleep(100)));
      unstarted.cancel('first');
      unstarted.cancel('second');
      const running = stage.spawn(function* () {
        me().cancel('first');
        me().cancel('second');
        stage.log(yield* attempt(sleep(100)), me().cancelling());
        me().cancel('third');
        me().cancel('fourth');
        stage.log(yield* attempt(sleep(0)));
        stage.log(yield* attempt(sleep(100)));
      });
      stage.log(yield* attempt(unstarted));
      yield* on(running);
    });
    expect(lines).toEqual(['C(second)', 'C(second) 2', 'C(fourth)', 'undefined']);
  });

  test('that nobody can deliver any more are refused', async () => {
    const lines = await play(gear, function* (stage) {
      const task = stage.spawn(function* () {
        return 'value';
      });
      yield* on(task);
      stage.log(task.cancel(), task.cancelled(), task.cancelling());
    });
    expect(lines).toEqual(['false false 0']);
  });

  test('do not reach code that never waits, and a value that is returned stands', async () => {
    const lines = await play(gear, function* (stage) {
      const task = stage.spawn(function* () {
        yield* on(sleep(0));
        me().cancel('x');
        return 'value';
      });
      stage.log(yield* attempt(task), task.cancelled());
    });
    expect(lines).toEqual(['value false']);
  });

  test('are delivered in the order in which they were made', async () => {
    const lines = await play(gear, function* (stage) {
      const tasks = [0, 1, 2, 3].map((name) =>
        stage.spawn(function* () {
          stage.log(name, yield* attempt(sleep(100)));
        }),
      );
      yield* on(sleep(1));
      for (const index of [2, 0, 3, 1]) tasks[index]?.cancel(String(index));
      for (const task of tasks) yield* on(task);
    });
    expect(lines).toEqual(['2 C(2)', '0 C(0)', '3 C(3)', '1 C(1)']);
  });
});
