import { describe, expect, test } from 'vitest';

import { BoundedSemaphore, Semaphore, sleep } from '../index.ts';
import { atOnce, contractOf } from '../testing/awaitable-contract.ts';
import type { AwaitableKind } from '../testing/awaitable-contract.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { me, play } from '../testing/stage.ts';

/** A semaphore whose permits the test itself holds at first. */
function* takenSemaphore(Class: typeof Semaphore) {
  const semaphore = new Class(2);
  yield* on(semaphore.acquire());
  const guard = yield* on(semaphore.hold());
  return {
    semaphore,
    complete: atOnce(() => guard.release()),
    end() {
      guard.release();
      semaphore.release();
    },
    left: () => (semaphore.free === 2 ? [] : [`${semaphore.free} free permits`]),
  };
}

const acquiring = (Class: typeof Semaphore): AwaitableKind => ({
  value: 'true',
  *make() {
    const { semaphore, ...rest } = yield* takenSemaphore(Class);
    return { ...rest, wait: () => semaphore.acquire(), giveBack: () => semaphore.release() };
  },
});

const holding = (Class: typeof Semaphore): AwaitableKind => ({
  value: 'Guard',
  *make() {
    const { semaphore, ...rest } = yield* takenSemaphore(Class);
    return { ...rest, wait: () => semaphore.hold(), giveBack: () => semaphore.release() };
  },
});

const classes = [
  { name: 'Semaphore', Class: Semaphore },
  { name: 'BoundedSemaphore', Class: BoundedSemaphore },
];

for (const { name, Class } of classes) {
  describe.each(gears)(`${name}.acquire(), in the %s gear`, (gear) => {
    test.each(contractOf(acquiring(Class), gear))('$name', async ({ transcript, right }) => {
      expect(await transcript()).toEqual(right);
    });
  });

  describe.each(gears)(`${name}.hold(), in the %s gear`, (gear) => {
    test.each(contractOf(holding(Class), gear))('$name', async ({ transcript, right }) => {
      expect(await transcript()).toEqual(right);
    });
  });

  describe.each(gears)(`a ${name}, in the %s gear`, (gear) => {
    test('serves those who wait in the order in which they came; who comes back goes to the end', async () => {
      const lines = await play(gear, function* (stage) {
        const semaphore = new Class(1);
        const worker = (who: string) =>
          stage.spawn(function* () {
            for (const round of [0, 1]) {
              yield* on(semaphore.acquire());
              stage.log(`${who}${round}`);
              yield* on(sleep(1));
              semaphore.release();
            }
          });
        for (const task of ['a', 'b', 'c'].map(worker)) yield* on(task);
        stage.log(stage.loop.time(), semaphore.free);
      });
      expect(lines).toEqual(['a0', 'b0', 'c0', 'a1', 'b1', 'c1', '6 1']);
    });

    test('that has a free permit is taken without a wait', async () => {
      const lines = await play(gear, function* ({ log, loop }) {
        loop.callSoon(() => log('callback'));
        const semaphore = new Class(2);
        const first = loop.iteration;
        yield* on(semaphore.acquire());
        log(semaphore.free, semaphore.locked());
        yield* on(semaphore.acquire());
        log(semaphore.free, semaphore.locked(), loop.iteration - first);
        yield* on(sleep(0));
      });
      expect(lines).toEqual(['1 false', '0 true 0', 'callback']);
    });

    test('lets no newcomer in before a waiter that was given a permit and has not run', async () => {
      const lines = await play(gear, function* (stage) {
        const semaphore = new Class(1);
        yield* on(semaphore.acquire());
        const enter = function* (who: string) {
          yield* on(semaphore.acquire());
          stage.log(who);
          semaphore.release();
        };
        const waiter = stage.spawn(() => enter('waiter'));
        yield* on(sleep(0));
        semaphore.release();
        stage.log(semaphore.locked());
        yield* enter('newcomer');
        yield* on(waiter);
      });
      expect(lines).toEqual(['true', 'waiter', 'newcomer']);
    });

    test('never lets more in than it has permits', async () => {
      const lines = await play(gear, function* (stage) {
        const semaphore = new Class(3);
        let [inside, most] = [0, 0];
        const work = (ms: number) =>
          stage.spawn(function* () {
            using _permit = yield* on(semaphore.hold());
            inside += 1;
            most = Math.max(most, inside);
            yield* on(sleep(ms));
            inside -= 1;
          });
        for (const task of Array.from({ length: 12 }, (_, i) => work((i % 4) + 1))) yield* on(task);
        stage.log(most, inside, semaphore.free);
      });
      expect(lines).toEqual(['3 0 3']);
    });

    test('that is held for a block gets its permit back after an error and after a cancel', async () => {
      const lines = await play(gear, function* (stage) {
        const semaphore = new Class(1);
        const failing = stage.spawn(function* () {
          using _permit = yield* on(semaphore.hold());
          throw new Error('broken');
        });
        stage.log(yield* attempt(failing), semaphore.free);
        const waiting = stage.spawn(function* () {
          using _permit = yield* on(semaphore.hold());
          me().cancel('x');
          yield* on(sleep(10));
        });
        stage.log(yield* attempt(waiting), semaphore.free);
      });
      expect(lines).toEqual(['broken 1', 'C(x) 1']);
    });
  });
}

test('a semaphore may be released more often than it was acquired, and has more permits then', () => {
  const semaphore = new Semaphore(0);
  expect(semaphore.locked()).toBe(true);
  semaphore.release();
  expect(semaphore.free).toBe(1);
});

test('a bounded semaphore refuses that, by its name, and stays as it was', () => {
  const semaphore = new BoundedSemaphore(2, { name: 'slots' });
  const refused = { code: 'COTASK_RELEASED_TOO_OFTEN', message: expect.stringContaining('semaphore "slots"') };
  expect(() => semaphore.release()).toThrow(expect.objectContaining(refused));
  expect(semaphore.free).toBe(2);
});
