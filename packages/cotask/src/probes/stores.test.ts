/**
 * The cast: twenty callers with a store of their own each, and a task without one that wakes them all. The plot: each waits in
 * every way there is, most of them handed over by another caller or by the waker. After each wait it must still see its store.
 */

import { expect, test } from 'vitest';

import {
  Barrier,
  Condition,
  Event,
  Lock,
  Queue,
  Semaphore,
  asCompleted,
  fromPromise,
  gather,
  getRunningLoop,
  shield,
  sleep,
  wait,
  waitFor,
} from '../index.ts';
import type { Awaitable } from '../index.ts';
import { store } from './store.ts';
import { foreign, gears, on, wordsOf } from './vocabulary.ts';
import type { Body } from './vocabulary.ts';

const callers = 20;

/** What the callers share. */
class Meeting {
  readonly items = new Queue<number>();
  readonly full = new Queue<number>(1);
  readonly lock = new Lock();
  readonly permits = new Semaphore(2);
  readonly event = new Event();
  readonly condition = new Condition();
  readonly barrier = new Barrier(callers);
  readonly letter = getRunningLoop().createFuture<void>();
}

test.each(gears)(
  'twenty callers see their own store after every wait and in every callback, in the %s gear',
  async (gear) => {
    const { coroutineOf, program, spawn } = wordsOf(gear);
    const wrong: string[] = [];
    let looks = 0;

    const look = (mine: string, where: string): void => {
      looks += 1;
      const seen = store.getStore();
      if (seen !== mine) wrong.push(`${mine} after ${where}: ${seen}`);
    };

    const nap = coroutineOf(function* (ms: number) {
      yield* on(sleep(ms));
      return ms;
    });

    function* caller(mine: string, n: number, meeting: Meeting): Body<void> {
      const loop = getRunningLoop();
      function* after(where: string, awaitable: Awaitable<unknown>): Body<void> {
        yield* on(awaitable);
        look(mine, where);
      }
      const callback = (where: string) => (): void => look(mine, where);
      loop.callSoon(callback('callSoon'));
      loop.callLater(n, callback('callLater'));
      meeting.letter.addDoneCallback(callback('a done callback'));
      yield* after('sleep(0)', sleep(0));
      yield* after('sleep', sleep(n % 3));
      yield* after('a coroutine', nap(n % 4));
      yield* after('an item', meeting.items.get());
      yield* after('a place', meeting.full.put(n));
      yield* after('a lock', meeting.lock.acquire());
      yield* after('a sleep that holds a lock', sleep(1));
      meeting.lock.release();
      yield* after('a permit', meeting.permits.acquire());
      yield* after('a sleep that holds a permit', sleep(1));
      meeting.permits.release();
      yield* after('an event', meeting.event.wait());
      yield* after('a future', meeting.letter);
      yield* on(meeting.condition.acquire());
      yield* after('a condition', meeting.condition.wait());
      meeting.condition.release();
      yield* after('a barrier', meeting.barrier.wait());
      yield* after('gather', gather(nap(1), nap(2)));
      yield* after('wait', wait([spawn(() => on(nap(1)))]));
      yield* after('waitFor', waitFor(nap(1), 50));
      yield* after('shield', shield(nap(1)));
      for (const next of asCompleted([nap(2), nap(1)])) yield* after('asCompleted', next);
      yield* after('a promise of the platform', fromPromise(foreign(1)));
    }

    await program(function* () {
      const meeting = new Meeting();
      const names = Array.from({ length: callers }, (_, n) => `store ${n}`);
      const tasks = names.map((name, n) => store.run(name, () => spawn(() => caller(name, n, meeting), name)));
      yield* on(sleep(10));
      for (const n of names.keys()) meeting.items.putNowait(n);
      for (const n of names.keys()) if ((yield* on(meeting.full.get())) === -1) wrong.push(`${n}`);
      yield* on(sleep(100));
      meeting.event.set();
      yield* on(sleep(1));
      meeting.letter.setResult();
      yield* on(sleep(1));
      yield* on(meeting.condition.acquire());
      meeting.condition.notifyAll();
      meeting.condition.release();
      yield* on(gather(tasks));
    });
    expect(wrong).toEqual([]);
    expect(looks).toBe(callers * 23);
  },
);
