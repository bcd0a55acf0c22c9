import { describe, expect, test } from 'vitest';

import { createTask, shield, sleep, waitFor } from '../index.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { gated } from '../testing/gated-kind.ts';
import { me, play } from '../testing/stage.ts';

describe.each(gears)('waitFor(), in the %s gear', (gear) => {
  const kind = gated((_, gate) => () => waitFor(gate(), 1_000));
  test.each(contractOf(kind, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('waitFor() without a deadline, in the %s gear', (gear) => {
  const kind = gated((_, gate) => () => waitFor(gate(), null));
  test.each(contractOf(kind, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('waiting for an awaitable with a deadline, in the %s gear', (gear) => {
  test('gives what comes in time, and leaves no timer', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      const work = stage.coroutineOf(() => on(sleep(1, 'r')));
      log(yield* on(waitFor(work(), 5)), loop.time());
      log(yield* on(waitFor(createTask(work()), 5)), loop.time());
      const future = loop.createFuture<string>();
      loop.callLater(1, () => future.setResult('f'));
      log(yield* on(waitFor(future, 5)), loop.time());
    });
    expect(lines).toEqual(['r 1', 'r 2', 'f 3']);
  });

  test('runs a coroutine in the task that waits', async () => {
    const lines = await play(gear, function* (stage) {
      me().setName('main');
      const work = stage.coroutineOf(function* () {
        return me().getName();
      });
      stage.log(yield* on(waitFor(work(), 5)));
    });
    expect(lines).toEqual(['main']);
  });

  test('cancels what is late and waits for its clean-up, so that it may take longer', async () => {
    const lines = await play(gear, function* (stage) {
      const task = stage.spawn(function* () {
        try {
          yield* on(sleep(100));
        } finally {
          stage.log('cancelled', stage.loop.time());
          yield* on(sleep(3));
        }
      });
      stage.log(yield* attempt(waitFor(task, 1)), stage.loop.time(), task.cancelled(), me().cancelling());
    });
    expect(lines).toEqual(['cancelled 1', 'TO 4 true 0']);
  });

  test('is a timeout too when what is late swallows the cancel', async () => {
    const lines = await play(gear, function* (stage) {
      const work = stage.coroutineOf(function* () {
        yield* attempt(sleep(100));
        return 'value anyway';
      });
      stage.log(yield* attempt(waitFor(work(), 1)));
      const task = createTask(work());
      stage.log(yield* attempt(waitFor(task, 1)), task.result());
    });
    expect(lines).toEqual(['TO', 'TO value anyway']);
  });

  test('lets an error of the clean-up through', async () => {
    const lines = await play(gear, function* (stage) {
      const task = stage.spawn(function* () {
        try {
          yield* on(sleep(100));
        } catch {
          // Not the cancel, but what the clean-up ran into.
        }
        throw new Error('broken');
      });
      stage.log(yield* attempt(waitFor(task, 1)));
    });
    expect(lines).toEqual(['broken']);
  });

  test('of zero or less gives what is there, cancels what is not, and does not begin a coroutine', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      const work = stage.coroutineOf(function* () {
        log('started');
        try {
          yield* on(sleep(10));
        } finally {
          yield* on(sleep(1));
          log('cleaned up', loop.time());
        }
      });
      for (const ms of [0, -1]) {
        const done = loop.createFuture<string>();
        done.setResult('done');
        log(yield* attempt(waitFor(done, ms)), yield* attempt(waitFor(work(), ms)));
        const task = createTask(work());
        yield* on(sleep(0));
        log(yield* attempt(waitFor(task, ms)), task.cancelled());
      }
    });
    expect(lines).toEqual([1, 2].flatMap((time) => ['done TO', 'started', `cleaned up ${time}`, 'TO true']));
  });

  test('hands a cancel from outside on, and waits for the clean-up', async () => {
    const lines = await play(gear, function* (stage) {
      for (const ms of [null, 50]) {
        const inner = stage.spawn(function* () {
          try {
            yield* on(sleep(100));
          } finally {
            yield* on(sleep(2));
          }
        });
        const outer = stage.spawn(() => on(waitFor(inner, ms)));
        yield* on(sleep(1));
        outer.cancel('x');
        stage.log(yield* attempt(outer), inner.cancelled(), stage.loop.time());
      }
    });
    expect(lines).toEqual(['C(x) true 3', 'C(x) true 6']);
  });

  test('leaves a shielded task alone', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const task = createTask(sleep(3, 'finished'));
      log(yield* attempt(waitFor(shield(task), 1)), loop.time(), task.done());
      log(yield* on(task), loop.time());
    });
    expect(lines).toEqual(['TO 1 false', 'finished 3']);
  });

  test('nests: the shorter one decides, and the longer sees its error', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      log(yield* attempt(waitFor(waitFor(sleep(100), 1), 5)), loop.time());
      log(yield* attempt(waitFor(waitFor(sleep(100), 50), 2)), loop.time());
    });
    expect(lines).toEqual(['TO 1', 'TO 3']);
  });

  test('tells a task that somebody else cancelled from one that is late', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const task = createTask(sleep(100));
      loop.callLater(1, () => task.cancel('elsewhere'));
      log(yield* attempt(waitFor(task, 10)), loop.time(), me().cancelling());
    });
    expect(lines).toEqual(['C(elsewhere) 1 0']);
  });
});
