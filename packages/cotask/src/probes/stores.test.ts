/**
 * The cast: twenty callers, each with a store of its own around everything it does, and one thing at which all of them
 * meet. The plot: somebody else's step hands over what each waits for, or calls it back. Wherever its code goes on it must
 * find its own store, never that of whoever woke it.
 */
import { describe, expect, test } from 'vitest';

import {
  Barrier,
  Channel,
  Condition,
  Event,
  Lock,
  PriorityQueue,
  Queue,
  Semaphore,
  asCompleted,
  coroutine,
  ensureFuture,
  forEach,
  fromPromise,
  gather,
  getRunningLoop,
  map,
  priority,
  random,
  shield,
  sleep,
  taskGroup,
  timeout,
  wait,
  waitFor,
  weighted,
} from '../index.ts';
import type { Awaitable, SchedulingPolicy } from '../index.ts';
import { park } from '../lowlevel.ts';
import { play } from '../testing/stage.ts';
import { store } from './store.ts';
import { foreign, gears, on, wordsOf } from './vocabulary.ts';
import type { Body, GearWords } from './vocabulary.ts';

const callers = Array.from({ length: 20 }, (_, i) => `caller ${i}`);

/** What every caller does with its store around it: waits, however it likes, and calls `look` wherever its code goes on. */
type Caller = (look: () => void, index: number) => Body<void>;

/** What the callers meet at, and what somebody with another store does about it. */
interface Meeting {
  readonly caller: Caller;
  readonly other?: () => Body<void>;
}

/** Waits, then looks. */
function* then(awaitable: Awaitable<unknown>, look: () => void): Body<void> {
  yield* on(awaitable);
  look();
}

const meetings: Record<string, (words: GearWords) => Meeting> = {
  'sleep(0)': () => ({ caller: (look) => then(sleep(0), look) }),
  'a timer': () => ({ caller: (look, i) => then(sleep(1 + (i % 3)), look) }),
  'one future': () => {
    const future = getRunningLoop().createFuture<number>();
    return {
      caller: (look) => then(future, look),
      *other() {
        future.setResult(1);
      },
    };
  },
  'a lock': () => {
    const lock = new Lock();
    return {
      *caller(look) {
        const guard = yield* on(lock.hold());
        look();
        yield* then(sleep(0), look);
        guard.release();
      },
    };
  },
  'a semaphore': () => {
    const semaphore = new Semaphore(2);
    return {
      *caller(look) {
        yield* then(semaphore.acquire(), look);
        yield* then(sleep(1), look);
        semaphore.release();
      },
    };
  },
  'an event': () => {
    const event = new Event();
    return {
      caller: (look) => then(event.wait(), look),
      *other() {
        event.set();
      },
    };
  },
  'a condition': () => {
    const condition = new Condition();
    return {
      *caller(look) {
        yield* then(condition.acquire(), look);
        yield* then(condition.wait(), look);
        condition.release();
      },
      *other() {
        yield* on(condition.acquire());
        condition.notifyAll();
        condition.release();
      },
    };
  },
  'a barrier': () => {
    const barrier = new Barrier(callers.length);
    return { caller: (look) => then(barrier.wait(), look) };
  },
  'a queue that hands over items': () => {
    const queue = new Queue<number>();
    return {
      caller: (look) => then(queue.get(), look),
      *other() {
        for (const [i] of callers.entries()) queue.putNowait(i);
      },
    };
  },
  'a queue that hands over room': () => {
    const queue = new Queue<number>(1);
    return {
      *caller(look, i) {
        yield* then(queue.put(i), look);
        yield* then(queue.put(i), look);
      },
      *other() {
        for (let i = 0; i < 2 * callers.length; i++) yield* on(queue.get());
      },
    };
  },
  'the end of the work of a queue': () => {
    const queue = new PriorityQueue<number>();
    queue.putNowait(1);
    return {
      caller: (look) => then(queue.join(), look),
      *other() {
        yield* on(queue.get());
        queue.taskDone();
      },
    };
  },
  'a channel': () => {
    const { sender, receiver } = new Channel<number>(0);
    return {
      caller: (look) => then(receiver.receive(), look),
      *other() {
        for (const [i] of callers.entries()) yield* on(sender.send(i));
      },
    };
  },
  'another task': ({ spawn }) => {
    const task = store.run('another', () => spawn(() => on(sleep(1))));
    return { caller: (look) => then(task, look) };
  },
  'gather and wait': ({ spawn }) => ({
    *caller(look) {
      yield* then(gather([spawn(() => then(sleep(1), look)), sleep(2)]), look);
      yield* then(wait([spawn(() => then(sleep(0), look))]), look);
      for (const next of asCompleted([sleep(2), sleep(1)])) yield* then(next, look);
    },
  }),
  scopes: ({ body }) => ({
    *caller(look) {
      yield* then(
        timeout(
          9,
          body(() => then(sleep(1), look)),
        ),
        look,
      );
      yield* then(
        taskGroup(
          body(function* (group: { createTask(coro: Awaitable<unknown>): unknown }) {
            group.createTask(coroutine(body(() => then(sleep(1), look)))());
            yield* then(sleep(0), look);
          }),
        ),
        look,
      );
      yield* then(waitFor(sleep(1), 5), look);
      yield* then(shield(sleep(1)), look);
    },
  }),
  'a deadline that ends a wait': ({ body }) => ({
    *caller(look) {
      try {
        yield* on(
          timeout(
            1,
            body(() => on(sleep(100))),
          ),
        );
      } catch {
        look();
      }
    },
  }),
  'a cancel by somebody else': ({ spawn }) => {
    const tasks: { cancel(): boolean }[] = [];
    return {
      *caller(look) {
        const task = spawn(function* () {
          try {
            yield* on(sleep(100));
          } finally {
            look();
            yield* then(sleep(0), look);
          }
        });
        tasks.push(task);
        yield* then(wait([task]), look);
      },
      *other() {
        for (const task of tasks) task.cancel();
      },
    };
  },
  'map and forEach': ({ body }) => ({
    *caller(look) {
      yield* then(
        forEach(
          [1, 2, 3],
          body(() => then(sleep(1), look)),
          { concurrency: 2 },
        ),
        look,
      );
      yield* then(
        map(
          [1, 2, 3],
          body(() => then(sleep(1), look)),
          { concurrency: 2 },
        ),
        look,
      );
    },
  }),
  callbacks: () => {
    const shared = getRunningLoop().createFuture<void>();
    return {
      *caller(look) {
        const loop = getRunningLoop();
        const called = loop.createFuture<void>();
        loop.callSoon(look);
        loop.callLater(1, look);
        shared.addDoneCallback(look);
        loop.callLater(2, () => {
          look();
          called.setResult();
        });
        yield* then(called, look);
        yield* then(shared, look);
      },
      *other() {
        shared.setResult();
      },
    };
  },
  'a wait of one’s own': () => {
    const settles: (() => void)[] = [];
    return {
      *caller(look) {
        yield* then(
          park<void>('a thing', ({ resolve }) => {
            look();
            settles.push(() => resolve());
          }),
          look,
        );
      },
      *other() {
        for (const settle of settles) settle();
      },
    };
  },
  'a promise that is not ours': () => {
    const promise = foreign(1);
    return {
      *caller(look) {
        yield* then(fromPromise(promise), look);
        yield* then(ensureFuture(promise), look);
      },
    };
  },
};

const policies: Record<string, () => { policy?: SchedulingPolicy }> = {
  'first come, first served': () => ({}),
  shuffled: () => ({ policy: random(11) }),
  'by priority': () => ({ policy: priority() }),
  'by shares': () => ({ policy: weighted() }),
};

describe.each(gears)('twenty callers with a store each, in the %s gear', (gear) => {
  const words = wordsOf(gear);

  describe.each(Object.entries(policies))('%s', (_policy, options) => {
    test.each(Object.entries(meetings))('find their own wherever they go on: %s', async (_name, arrange) => {
      let looks = 0;
      const strangers: string[] = [];
      const lookFor = (own: string) => (): void => {
        looks += 1;
        const seen = String(store.getStore());
        if (seen !== own) strangers.push(`${own} found that of ${seen}`);
      };
      await play(
        gear,
        function* () {
          const { caller, other } = arrange(words);
          const tasks = callers.map((own, i) => store.run(own, () => words.spawn(() => caller(lookFor(own), i), own)));
          yield* on(sleep(0));
          yield* on(sleep(0));
          if (other !== undefined) yield* on(store.run('somebody else', () => words.spawn(other)));
          yield* on(gather(tasks));
        },
        options(),
      );
      expect(strangers).toEqual([]);
      expect(looks).toBeGreaterThanOrEqual(callers.length);
    });
  });
});
