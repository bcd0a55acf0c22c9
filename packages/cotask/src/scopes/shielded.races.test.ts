/**
 * The cast: a task whose clean-up is shielded, alone or with tasks that work for it; a run that ends; a deadlock; two
 * shielded scopes side by side.
 * The plot: the end of the run comes while the clean-up waits. It finishes, with all that works for it, up to its limit;
 * what it only left behind is cancelled after it. A deadlock ends it. One request is delivered once, wherever it was kept.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { coroutine, createTask, gather, run, shielded, sleep, taskGroup } from '../index.ts';
import type { TaskGroup } from '../index.ts';
import { attempt, gears, inGear, on, told } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { Stage, play } from '../testing/stage.ts';

describe.each(gears)('in the %s gear', (gear) => {
  const safe = <T>(body: () => EitherBody<T>, limit = Infinity) => on(shielded(inGear(gear, body), { limit }));

  /** Runs a main task that leaves `left` behind after 1 ms; the transcript, and when the run had ended. */
  const leaving = async (left: (stage: Stage) => EitherBody<unknown>): Promise<string[]> => {
    const stage = new Stage(gear);
    const { log, host } = stage;
    const main = stage.coroutineOf(function* () {
      void stage.spawn(() => left(stage));
      yield* on(sleep(1));
    });
    await run(main(), { host });
    log('ended', host.now());
    return log.lines;
  };

  test('the end of a run lets a shielded clean-up finish, and then cancels the task', async () => {
    const lines = await leaving(function* ({ log }) {
      log(yield* told(safe(() => on(sleep(100, 'finished')))));
      log(yield* attempt(sleep(1)));
    });
    expect(lines).toEqual(['finished', 'C', 'ended 100']);
  });

  test('the end of a run waits no longer than the limit', async () => {
    const lines = await leaving(function* ({ log }) {
      log(yield* told(safe(() => on(sleep(100)), 20)));
    });
    expect(lines).toEqual(['C', 'ended 21']);
  });

  test('the end of a run spares the tasks that the clean-up waits for, and those that they wait for', async () => {
    const lines = await leaving(function* (stage) {
      const leaf = stage.coroutineOf(function* (name: string) {
        stage.log(name, yield* attempt(sleep(10, 'done')));
      });
      const branch = stage.coroutineOf(function* () {
        yield* on(gather(leaf('a'), leaf('b')));
      });
      yield* told(safe(() => on(gather(branch(), leaf('c')))));
    });
    expect(lines).toEqual(['c done', 'a done', 'b done', 'ended 10']);
  });

  test('the end of a run spares the tasks of a group in the clean-up while the body of the group still runs', async () => {
    const lines = await leaving(function* (stage) {
      const child = stage.coroutineOf(function* () {
        stage.log('child', yield* attempt(sleep(10, 'done')));
      });
      const body = function* (group: TaskGroup): EitherBody<void> {
        void group.createTask(child());
        stage.log('body', yield* attempt(sleep(5, 'done')));
      };
      yield* safe(() => on(taskGroup(inGear(gear, body))));
    });
    expect(lines).toEqual(['body done', 'child done', 'ended 10']);
  });

  test('the end of a run reaches them when the limit is over', async () => {
    const lines = await leaving(function* (stage) {
      const child = stage.coroutineOf(function* () {
        stage.log('child', yield* attempt(sleep(100)));
      });
      const body = function* (group: TaskGroup): EitherBody<void> {
        void group.createTask(child());
        stage.log('body', yield* attempt(sleep(50)));
      };
      stage.log(yield* told(safe(() => on(taskGroup(inGear(gear, body))), 20)));
    });
    expect(lines).toEqual(['body C', 'child C', 'undefined', 'ended 21']);
  });

  test('the end of a run cancels after the clean-up what that waited for and left', async () => {
    const lines = await leaving(function* (stage) {
      const left = stage.coroutineOf(function* () {
        stage.log('left', yield* attempt(sleep(1_000)), stage.host.now());
      });
      const fails = stage.coroutineOf(function* () {
        yield* on(sleep(10));
        throw new Error('broken');
      });
      stage.log(yield* told(safe(() => on(gather(left(), fails())))));
    });
    expect(lines).toEqual(['broken', 'left C 10', 'ended 10']);
  });

  test('a deadlock ends a shielded clean-up', async () => {
    const stage = new Stage(gear);
    const main = stage.coroutineOf(function* () {
      yield* safe(() => on(stage.loop.createFuture('what nobody sets')));
    });
    await expect(run(main(), { host: stage.host })).rejects.toMatchObject({
      code: 'COTASK_DEADLOCK',
      message: expect.stringContaining('what nobody sets'),
    });
  });

  test('a cancel that comes in the tick in which the clean-up ends is due after it, before or after the end', async () => {
    for (const order of ['before', 'after']) {
      const lines = await play(gear, function* (stage) {
        const { log, loop } = stage;
        const gate = loop.createFuture<string>();
        const task = stage.spawn(function* () {
          log(yield* told(safe(() => on(gate), 5)));
          log(yield* attempt(sleep(1)));
          log(yield* attempt(sleep(10, 'once')));
        });
        yield* on(sleep(1));
        if (order === 'before') task.cancel('x');
        gate.setResult('value');
        if (order === 'after') task.cancel('x');
        yield* on(task);
      });
      expect(lines).toEqual(['value', 'C(x)', 'once']);
    }
  });

  test('a value that comes in the tick in which the limit is over wins, and the cancel is due at the next wait', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      const gate = loop.createFuture<string>();
      const task = stage.spawn(() =>
        safe(function* () {
          log(yield* attempt(gate));
          log(yield* attempt(sleep(1)));
        }, 5),
      );
      yield* on(sleep(1));
      loop.callLater(5, () => gate.setResult('value'));
      task.cancel('x');
      yield* on(task);
    });
    expect(lines).toEqual(['value', 'C(x)']);
  });
});

test('two shielded scopes side by side: what both kept out is delivered once', async () => {
  const lines = await play('generator', function* (stage) {
    const work = coroutine(async () => {
      const wait = (ms: number) => shielded(() => sleep(ms));
      await Promise.all([wait(5), wait(9)]);
      stage.log(stage.loop.time());
      await sleep(1).then(stage.log, stage.log);
      await sleep(1, 'once').then(stage.log, stage.log);
    });
    const task = createTask(work());
    yield* on(sleep(1));
    task.cancel('x');
    yield* on(task);
  });
  expect(lines).toEqual(['9', 'C(x)', 'once']);
});

test('a task made in a shielded scope that nobody in it waits for is not part of it', async () => {
  const stage = new Stage('generator');
  const main = stage.coroutineOf(function* () {
    const body = inGear('generator', function* () {
      createTask(stage.coroutineOf(() => told(on(sleep(100))))()).addDoneCallback((task) =>
        stage.log(task.result(), stage.host.now()),
      );
      yield* on(sleep(10));
    });
    void stage.spawn(() => on(shielded(body)));
    yield* on(sleep(1));
  });
  await run(main(), { host: stage.host });
  expect(stage.log.lines).toEqual(['C 1']);
});

interface Segment {
  readonly ms: number;
  /** The limit of the shield around it; null: there is none. */
  readonly limit: number | null;
}

/** When each of several waits ends that follow one another, and whether by a cancel: what a shield means, in ten lines. */
function expected(segments: readonly Segment[], cancels: readonly number[]): string[] {
  const left = [...cancels];
  let [now, due] = [0, false];
  return segments.map(({ ms, limit }) => {
    const end = now + ms;
    const came = left.filter((when) => when < end);
    const first = due ? now : (came[0] ?? Infinity);
    const cut = first + (limit ?? 0);
    const cancelled = cut < end;
    now = cancelled ? cut : end;
    // What came up to the delivery is one request; what came later is due, or still to come.
    const later = came.filter((when) => when > now);
    due = !cancelled && first < Infinity;
    left.splice(0, came.length - later.length);
    return `${cancelled} ${now.toFixed(3)}`;
  });
}

test('any row of waits, some shielded, meets any cancels as a shield says', async () => {
  const segment = fc.record({
    ms: fc.integer({ min: 1, max: 8 }),
    limit: fc.option(
      fc.oneof(
        fc.constant(Infinity),
        fc.integer({ min: 0, max: 6 }).map((ms) => ms + 0.25),
      ),
    ),
  });
  const plans = fc.record({
    gear: fc.constantFrom(...gears),
    segments: fc.array(segment, { minLength: 1, maxLength: 8 }),
    // No two moments are the same, of cancels, of ends of waits and of limits.
    cancels: fc
      .array(fc.integer({ min: 0, max: 30 }), { maxLength: 4 })
      .map((times) => times.toSorted((a, b) => a - b).map((time, i) => time + (i + 1) / 97)),
  });
  await fc.assert(
    fc.asyncProperty(plans, async ({ gear, segments, cancels }) => {
      const lines = await play(gear, function* (stage) {
        const { loop } = stage;
        const waitFor = function* (ms: number): EitherBody<boolean> {
          return (yield* attempt(sleep(ms, 'slept'))) !== 'slept';
        };
        const task = stage.spawn(function* () {
          for (const { ms, limit } of segments) {
            const cancelled =
              limit === null
                ? yield* waitFor(ms)
                : yield* on(
                    shielded(
                      inGear(gear, () => waitFor(ms)),
                      { limit },
                    ),
                  );
            stage.log(cancelled, loop.time().toFixed(3));
          }
        });
        const timers = cancels.map((when) => loop.callAt(when, () => task.cancel()));
        yield* on(task);
        for (const timer of timers) timer.cancel();
      });
      expect(lines).toEqual(expected(segments, cancels));
    }),
    { numRuns: 300, seed: 5 },
  );
});
