import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, describe, expect, test, vi } from 'vitest';

import { coroutine, createTask, gather, getRunningLoop, newEventLoop, run, sleep, wait } from '../index.ts';
import type { EventLoop, ExceptionContext, Future, GeneratorBody, Handle, Task } from '../index.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';
import { VirtualHost } from '../testing/virtual-host.ts';

const bad = coroutine(async () => {
  throw new Error('broken');
});

describe.each(gears)('an error that nobody looked at, in the %s gear', (gear) => {
  test('is reported when the loop ends, once, with the name of the task', async () => {
    const lines = await play(gear, function* (stage) {
      const task = stage.spawn(
        function* () {
          throw new Error('broken');
        },
        { name: 'lost' },
      );
      yield* on(sleep(1));
      stage.log('end', task.done());
    });
    expect(lines).toEqual(['end true', 'reported: task "lost" failed, and nobody looked at its error: broken']);
  });

  test('of a future is reported by its label', async () => {
    const lines = await play(gear, function* ({ loop }) {
      loop.createFuture('the answer').setException(new Error('broken'));
      yield* on(sleep(0));
    });
    expect(lines).toEqual(['reported: the answer failed, and nobody looked at its error: broken']);
  });
});

describe.each(gears)('an error that somebody looked at is not reported, in the %s gear:', (gear) => {
  test('by an await, however late', async () => {
    const lines = await play(gear, function* ({ log }) {
      const task = createTask(bad());
      yield* on(sleep(100));
      log(yield* attempt(task));
    });
    expect(lines).toEqual(['broken']);
  });

  test('by a cancel() that comes too late', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const task = createTask(bad());
      const future = loop.createFuture();
      future.setException(new Error('broken'));
      yield* on(sleep(1));
      log(task.cancel(), future.cancel());
    });
    expect(lines).toEqual(['false false']);
  });

  test('by exception() or result()', async () => {
    const lines = await play(gear, function* ({ log }) {
      const [a, b] = [createTask(bad()), createTask(bad())];
      yield* on(sleep(1));
      log(a.exception());
      try {
        b.result();
      } catch (error) {
        log(error);
      }
    });
    expect(lines).toEqual(['broken', 'broken']);
  });

  test('by a gather, also one that had failed before', async () => {
    const lines = await play(gear, function* (stage) {
      const late = stage.coroutineOf(function* () {
        yield* on(sleep(2));
        throw new Error('second');
      });
      stage.log(yield* attempt(gather(bad(), late())));
      yield* on(sleep(5));
    });
    expect(lines).toEqual(['broken']);
  });

  test('a cancel is no error', async () => {
    const lines = await play(gear, function* ({ log }) {
      const task = createTask(sleep(10));
      yield* on(sleep(1));
      task.cancel();
      yield* on(sleep(1));
      log(task.cancelled());
    });
    expect(lines).toEqual(['true']);
  });

  test('but wait() does not look', async () => {
    const lines = await play(gear, function* ({ log }) {
      const task = createTask(bad(), { name: 'unseen' });
      const { done } = yield* on(wait([task]));
      log(done);
    });
    expect(lines).toEqual([
      '{task "unseen"}',
      'reported: task "unseen" failed, and nobody looked at its error: broken',
    ]);
  });
});

describe('an error whose future is collected', () => {
  let loop: EventLoop | undefined;

  afterEach(() => loop?.close());

  test('is reported then, and not again at the end', async () => {
    loop = newEventLoop({ host: new VirtualHost() });
    const reports = vi.fn();
    loop.setExceptionHandler((_, { message }) => reports(message));
    await loop.runUntilComplete(failAndForget());
    await expect.poll(() => (globalThis.gc?.(), reports.mock.calls.length), { timeout: 10_000 }).toBe(1);
    loop.close();
    expect(reports.mock.calls).toEqual([['task "forgotten" failed, and nobody looked at its error:']]);
  });
});

test('a task that failed is collected while one that it has made goes on waiting', async () => {
  const reports = vi.fn();
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    loop.setExceptionHandler((_, { message }) => reports(message));
    const never = loop.createFuture<void>();
    yield* makeAndFail(never);
    yield* until(() => (globalThis.gc?.(), reports.mock.calls.length > 0));
    expect(reports.mock.calls).toEqual([['task "maker" failed, and nobody looked at its error:']]);
    never.setResult();
  });
  await run(main());
});

/** A collection may leave something for the next. */
function* until(isSo: () => boolean): GeneratorBody<void> {
  for (let tries = 0; tries < 1_000 && !isSo(); tries++) yield* sleep(1);
}

const makeAndFail = coroutine(function* (never: Future<void>) {
  const maker = coroutine(function* () {
    createTask(
      coroutine(function* () {
        yield* never;
      })(),
    );
    throw new Error('broken');
  });
  createTask(maker(), { name: 'maker' });
  yield* sleep(1);
});

/** Nothing holds the task when this has ended. */
const failAndForget = coroutine(function* () {
  createTask(bad(), { name: 'forgotten' });
  yield* sleep(1);
});

describe('what the exception handler is told', () => {
  const settings = new AsyncLocalStorage<string>();

  /** Runs a body with a handler; the contexts that came, with the store that the handler saw. */
  async function reportsOf(body: () => GeneratorBody<void>, debug: boolean): Promise<[ExceptionContext, unknown][]> {
    const reports: [ExceptionContext, unknown][] = [];
    const main = coroutine(function* () {
      getRunningLoop().setExceptionHandler((_, report) => reports.push([report, settings.getStore()]));
      yield* body();
    });
    await run(main(), { host: new VirtualHost(), debug });
    return reports;
  }

  test('is which task failed, in the context of that task', async () => {
    const kept: Task<unknown>[] = [];
    const reports = await reportsOf(function* () {
      settings.run('of the task', () => kept.push(createTask(bad(), { name: 'lost' })));
      yield* sleep(1);
    }, false);
    expect(reports).toHaveLength(1);
    const [report, store] = reports[0] ?? [];
    expect([report?.task === kept[0], report?.future === kept[0]]).toEqual([true, true]);
    expect(report?.sourceTraceback).toBe(undefined);
    expect(store).toBe('of the task');
  });

  test('is which callback failed, in the context of that callback', async () => {
    const handles: Handle[] = [];
    const reports = await reportsOf(function* () {
      const fail = (): never => {
        throw new Error('broken');
      };
      settings.run('of the callback', () => handles.push(getRunningLoop().callSoon(fail)));
      yield* sleep(1);
    }, false);
    expect(reports.map(([report, store]) => [report.message, report.handle, store])).toEqual([
      ['a callback failed', handles[0], 'of the callback'],
    ]);
  });

  test('is, in debug mode, that an error is looked at after it was reported as lost', async () => {
    const kept: Task<unknown>[] = [];
    for (const debug of [true, false]) {
      const reports = await reportsOf(function* () {
        kept.push(createTask(bad(), { name: 'lost' }));
        yield* sleep(1);
      }, debug);
      expect(kept.pop()?.exception()).toBeInstanceOf(Error);
      expect(reports.slice(1).map(([{ message }]) => message)).toEqual(
        debug
          ? ['the error of task "lost" was reported as lost and is looked at only now: look at it before its loop ends']
          : [],
      );
    }
  });
});
