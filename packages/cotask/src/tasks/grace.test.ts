/**
 * The cast: a body that swallows its cancel and goes on; whoever asked it to end; a grace.
 * The plot: within the grace a request is an edge, delivered once; after it every wait inside the scope ends with it,
 * until the scope has ended or the request is taken back.
 */
import { describe, expect, test } from 'vitest';

import { coroutine, run, sleep, taskGroup, timeout } from '../index.ts';
import { attempt, gears, inGear, on } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { me, play } from '../testing/stage.ts';
import type { Stage } from '../testing/stage.ts';
import { VirtualHost } from '../testing/virtual-host.ts';

/** Waits `times` times, whatever comes. */
function* stubborn(stage: Stage, ms: number, times: number): EitherBody<string> {
  for (let i = 0; i < times; i++) stage.log(yield* attempt(sleep(ms, 'slept')), stage.loop.time());
  return 'ended by itself';
}

describe.each(gears)('a grace, in the %s gear', (gear) => {
  test('delivers a swallowed cancel again, at the wait that is open when it is over and at each one after', async () => {
    const lines = await play(gear, function* (stage) {
      const task = stage.spawn(() => stubborn(stage, 4, 5), { graceMs: 10 });
      yield* on(sleep(1));
      task.cancel('x');
      stage.log(yield* attempt(task));
    });
    expect(lines).toEqual(['C(x) 1', 'slept 5', 'slept 9', 'C(x) 11', 'C(x) 11', 'ended by itself']);
  });

  test('is for ever where nobody sets one', async () => {
    const lines = await play(gear, function* (stage) {
      const task = stage.spawn(() => stubborn(stage, 10_000, 3));
      yield* on(sleep(1));
      task.cancel('x');
      stage.log(yield* attempt(task));
    });
    expect(lines).toEqual(['C(x) 1', 'slept 10001', 'slept 20001', 'ended by itself']);
  });

  test('of 0 lets no wait of the clean-up pass', async () => {
    const lines = await play(gear, function* (stage) {
      const task = stage.spawn(() => stubborn(stage, 5, 3), { graceMs: 0 });
      yield* on(sleep(1));
      task.cancel('x');
      stage.log(yield* attempt(task));
    });
    expect(lines).toEqual(['C(x) 1', 'C(x) 1', 'C(x) 1', 'ended by itself']);
  });

  test('of a timeout holds for its body alone', async () => {
    const lines = await play(gear, function* (stage) {
      const body = inGear(gear, () => stubborn(stage, 4, 4));
      stage.log(yield* attempt(timeout(2, body, { graceMs: 5 })));
      stage.log(yield* attempt(sleep(3, 'outside')), stage.loop.time());
    });
    expect(lines).toEqual(['C 2', 'slept 6', 'C 7', 'C 7', 'TO', 'outside 10']);
  });

  test('of a group holds for its tasks too', async () => {
    const lines = await play(gear, function* (stage) {
      const group = taskGroup(
        inGear(gear, function* (all) {
          all.createTask(stage.coroutineOf(() => stubborn(stage, 4, 4))());
          yield* on(sleep(1));
          throw new Error('broken');
        }),
        { graceMs: 5 },
      );
      stage.log(yield* attempt(group));
    });
    expect(lines.slice(0, 4)).toEqual(['C 1', 'slept 5', 'C 6', 'C 6']);
  });

  test('that a scope inside sets is shorter than the one around it', async () => {
    const lines = await play(gear, function* (stage) {
      const task = stage.spawn(
        () =>
          on(
            timeout(
              null,
              inGear(gear, () => stubborn(stage, 2, 4)),
              { graceMs: 3 },
            ),
          ),
        { graceMs: 1_000 },
      );
      yield* on(sleep(1));
      task.cancel('x');
      stage.log(yield* attempt(task));
    });
    expect(lines).toEqual(['C(x) 1', 'slept 3', 'C(x) 4', 'C(x) 4', 'ended by itself']);
  });

  test('ends with uncancel(), which takes the request back', async () => {
    const lines = await play(gear, function* (stage) {
      const task = stage.spawn(
        function* () {
          stage.log(yield* attempt(sleep(50)), me().uncancel());
          return yield* stubborn(stage, 10, 2);
        },
        { graceMs: 5 },
      );
      yield* on(sleep(1));
      task.cancel('x');
      stage.log(yield* attempt(task));
    });
    expect(lines).toEqual(['C(x) 0', 'slept 11', 'slept 21', 'ended by itself']);
  });

  test('goes on after an uncancel() that comes when it is over', async () => {
    const lines = await play(gear, function* (stage) {
      const task = stage.spawn(
        function* () {
          yield* stubborn(stage, 10, 3);
          me().uncancel();
          return yield* stubborn(stage, 10, 1);
        },
        { graceMs: 5 },
      );
      yield* on(sleep(1));
      task.cancel('x');
      stage.log(yield* attempt(task));
    });
    expect(lines).toEqual(['C(x) 1', 'C(x) 6', 'C(x) 6', 'slept 16', 'ended by itself']);
  });

  test('leaves no timer behind when the body lets the cancel through', async () => {
    const lines = await play(gear, function* (stage) {
      const task = stage.spawn(() => on(sleep(50)), { graceMs: 1_000 });
      yield* on(sleep(1));
      task.cancel('x');
      stage.log(yield* attempt(task), stage.loop.time());
    });
    expect(lines).toEqual(['C(x) 1']);
  });

  test('that is over aborts each signal that is asked for', async () => {
    const lines = await play(gear, function* (stage) {
      const task = stage.spawn(
        function* () {
          stage.log(yield* attempt(sleep(50)), me().signal.aborted);
          stage.log(yield* attempt(sleep(50)), me().signal.aborted);
        },
        { graceMs: 5 },
      );
      yield* on(sleep(1));
      task.cancel('x');
      yield* on(task);
    });
    expect(lines).toEqual(['C(x) false', 'C(x) true']);
  });

  test('of a run holds for what the run cancels at its end', async () => {
    const host = new VirtualHost();
    const log: string[] = [];
    const left = coroutine(
      inGear(gear, function* () {
        for (let i = 0; i < 3; i++) log.push(`${yield* attempt(sleep(100))} ${host.now()}`);
      }),
    );
    const main = coroutine(
      inGear(gear, function* () {
        me().loop.createTask(left());
        yield* on(sleep(1));
      }),
    );
    await run(main(), { host, graceMs: 10 });
    expect(log).toEqual(['C 1', 'C 11', 'C 11']);
  });

  test('is no grace in debug mode: who has outlived a cancel by five seconds is named', async () => {
    const lines = await play(
      gear,
      function* (stage) {
        const task = stage.spawn(() => stubborn(stage, 3_000, 3), { name: 'stubborn' });
        yield* on(sleep(1));
        task.cancel('x');
        stage.log(yield* attempt(task));
      },
      { debug: true },
    );
    expect(lines).toEqual([
      'C(x) 1',
      'slept 3001',
      expect.stringMatching(/^reported: task "stubborn" was cancelled 5 s ago and goes on/),
      'slept 6001',
      'reported: task "stubborn" was cancelled and returned a value all the same: let CancelledError through, or call uncancel() ',
      'ended by itself',
    ]);
  });
});
