import { describe, expect, test, vi } from 'vitest';

import {
  Barrier,
  Condition,
  Event,
  Lock,
  Queue,
  Semaphore,
  asCompleted,
  coroutine,
  createTask,
  gather,
  getRunningLoop,
  newEventLoop,
  run,
  shield,
  sleep,
  taskGroup,
  wait,
} from '../index.ts';
import { gears, inGear, on } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { Stage } from '../testing/stage.ts';
import { VirtualHost } from '../testing/virtual-host.ts';

/** A run that can never end; the lines of its error, without the first. */
async function deadlockOf(
  gear: 'async' | 'generator',
  write: (stage: Stage) => EitherBody<unknown>,
): Promise<string[]> {
  const stage = new Stage(gear);
  const main = stage.coroutineOf(() => write(stage));
  const error = await run(main(), { host: new VirtualHost() }).then(
    () => new Error('the run ended'),
    (reason: Error) => reason,
  );
  return error.message.split('\n').slice(1);
}

describe.each(gears)('a deadlock, in the %s gear', (gear) => {
  test('names who holds what is waited for, who alone fills it, and the circle', async () => {
    const lines = await deadlockOf(gear, function* (stage) {
      const db = new Lock({ name: 'db' });
      const jobs = new Queue<number>(0, { name: 'jobs' });
      const a = stage.spawn(
        function* () {
          yield* on(jobs.put(1));
          yield* on(sleep(2));
          yield* on(db.acquire());
        },
        { name: 'a' },
      );
      const b = stage.spawn(
        function* () {
          yield* on(db.acquire());
          yield* on(jobs.get());
          yield* on(jobs.get());
        },
        { name: 'b' },
      );
      yield* on(gather(a, b));
    });
    expect(lines).toEqual([
      '  task "main" waits for all 2 of a gather',
      '  task "a" waits for lock "db" held by task "b"',
      '  task "b" waits for an item of queue "jobs", which only task "a" has filled',
      '  in a circle: task "a" → task "b" → task "a"',
    ]);
  });

  test('says of a holder that it has ended', async () => {
    const lines = await deadlockOf(gear, function* (stage) {
      const [lock, slots] = [new Lock({ name: 'db' }), new Semaphore(2, { name: 'slots' })];
      yield* on(stage.spawn(() => on(lock.acquire()), { name: 'a' }));
      yield* on(stage.spawn(() => on(slots.acquire()), { name: 'a' }));
      yield* on(slots.acquire());
      void stage.spawn(() => on(slots.acquire()), { name: 'b' });
      yield* on(lock.acquire());
    });
    expect(lines).toEqual([
      '  task "main" waits for lock "db" held by task "a" (ended)',
      '  task "b" waits for semaphore "slots" held by task "a" (ended) and task "main"',
    ]);
  });

  test('says of each primitive who has done so far what would end the wait', async () => {
    const lines = await deadlockOf(gear, function* (stage) {
      const [never, once] = [new Event({ name: 'never' }), new Event({ name: 'once' })];
      const condition = new Condition(new Lock(), { name: 'changed' });
      const full = new Queue<number>(1, { name: 'full' });
      const barrier = new Barrier(3, { name: 'start' });
      const work = new Queue<number>(0, { name: 'work' });
      once.set();
      once.clear();
      full.putNowait(1);
      full.getNowait();
      full.putNowait(2);
      getRunningLoop().callSoon(() => work.putNowait(1));
      yield* on(sleep(1));
      work.getNowait();
      const stuck: [string, () => EitherBody<unknown>][] = [
        ['1', () => on(never.wait())],
        ['2', () => on(once.wait())],
        ['3', () => on(full.put(2))],
        ['4', () => on(barrier.wait())],
        ['5', () => on(work.join())],
        ['6', () => on(work.get())],
        ['7', () => on(stage.loop.createFuture())],
        ['8', () => on(stage.loop.createFuture('an answer'))],
        [
          '9',
          function* () {
            yield* on(condition.acquire());
            yield* on(condition.wait());
          },
        ],
      ];
      yield* on(gather(stuck.map(([name, body]) => stage.spawn(body, { name }))));
    });
    expect(lines.slice(1)).toEqual([
      '  task "1" waits for event "never", which nobody has set',
      '  task "2" waits for event "once", which only task "main" has set',
      '  task "3" waits for room in queue "full", which only task "main" has emptied',
      '  task "4" waits for barrier "start", where 1 of 3 have arrived',
      '  task "5" waits for the end of the work of queue "work", which nobody has worked on',
      '  task "6" waits for an item of queue "work", filled from outside any task',
      '  task "7" waits for a future made by task "7"',
      '  task "8" waits for an answer',
      '  task "9" waits for condition "changed", which nobody has notified',
      '  in a circle: task "main" → task "2" → task "main"',
    ]);
  });

  test('follows who waits through a group, a shield, wait() and asCompleted()', async () => {
    const lines = await deadlockOf(gear, function* (stage) {
      const lock = new Lock({ name: 'db' });
      yield* on(lock.acquire());
      const waits = (name: string): ReturnType<Stage['spawn']> => stage.spawn(() => on(lock.acquire()), { name });
      const [a, b, c] = [waits('a'), waits('b'), waits('c')];
      void stage.spawn(() => on(shield(a)), { name: 'shields' });
      void stage.spawn(() => on(wait([b])), { name: 'one of' });
      void stage.spawn(
        function* () {
          for (const next of asCompleted([c])) yield* on(next);
        },
        { name: 'next' },
      );
      yield* on(
        taskGroup(
          inGear(gear, function* (group) {
            group.createTask(stage.coroutineOf(() => on(lock.acquire()))(), { name: 'child' });
            yield* on(sleep(1));
          }),
        ),
      );
    });
    expect(lines).toEqual([
      '  task "main" waits for the task of a task group',
      '  task "child" waits for lock "db" held by task "main"',
      '  task "a" waits for lock "db" held by task "main"',
      '  task "b" waits for lock "db" held by task "main"',
      '  task "c" waits for lock "db" held by task "main"',
      '  task "shields" waits for task "a", shielded',
      '  task "one of" waits for all of 1 tasks',
      '  task "next" waits for the next of several tasks',
      '  in a circle: task "main" → task "child" → task "main"',
    ]);
  });

  test('of thousands names the circle first, and says how many there are', async () => {
    const lines = await deadlockOf(gear, function* (stage) {
      const [one, two] = [new Lock({ name: 'one' }), new Lock({ name: 'two' })];
      for (let i = 0; i < 2_000; i++) void stage.spawn(() => on(one.acquire()));
      const both = function* (first: Lock, second: Lock): EitherBody<void> {
        yield* on(first.acquire());
        yield* on(sleep(1));
        yield* on(second.acquire());
      };
      yield* on(one.acquire());
      void stage.spawn(() => both(two, one), { name: 'last' });
      yield* on(sleep(1));
      yield* on(two.acquire());
    });
    expect(lines).toHaveLength(22);
    expect(lines.slice(0, 2)).toEqual([
      '  task "main" waits for lock "two" held by task "last"',
      '  task "last" waits for lock "one" held by task "main"',
    ]);
    expect(lines.slice(20)).toEqual(['  … and 1982 more', '  in a circle: task "main" → task "last" → task "main"']);
  });
});

const [lock, slots, queue] = [new Lock(), new Semaphore(2), new Queue<number>()];

const takeAndFail = coroutine(function* () {
  yield* lock.acquire();
  yield* slots.acquire();
  yield* queue.put(1);
  throw new Error('broken');
});

/** Nothing but what the task did could hold it when this has ended. */
const failAndForget = coroutine(function* () {
  createTask(takeAndFail());
  yield* sleep(1);
});

test('what a task has taken and filled does not keep it: its failure is reported when it is collected', async () => {
  const loop = newEventLoop();
  const reports = vi.fn();
  loop.setExceptionHandler((_, { message }) => reports(message));
  await loop.runUntilComplete(failAndForget());
  await expect.poll(() => (globalThis.gc?.(), reports.mock.calls.length), { timeout: 10_000 }).toBe(1);
  expect(loop.isClosed()).toBe(false);
  loop.close();
});
