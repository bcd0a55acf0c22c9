import { describe, expect, test } from 'vitest';

import {
  Future,
  InvalidStateError,
  createTask,
  getEventLoop,
  getRunningLoop,
  isFuture,
  newEventLoop,
  sleep,
} from '../index.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import type { AwaitableKind } from '../testing/awaitable-contract.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';
import { VirtualHost } from '../testing/virtual-host.ts';

/** A future that a cancel has ended is followed by a new one. */
const waiting: AwaitableKind = {
  value: 'value',
  make({ loop }) {
    let future = loop.createFuture<string>();
    return {
      wait: () => (future.done() ? (future = loop.createFuture<string>()) : future),
      *complete(after) {
        if (!future.done()) future.setResult('value');
        after?.();
      },
      *fail(error, after) {
        future.setException(error);
        after?.();
      },
    };
  },
  fails: true,
};

describe.each(gears)('Future, in the %s gear', (gear) => {
  test.each(contractOf(waiting, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('a future, in the %s gear', (gear) => {
  test('wakes who waits for it one iteration after its result', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      const future = loop.createFuture<string>();
      const waiter = stage.spawn(function* () {
        log('got', yield* on(future), stage.tick);
      });
      yield* on(sleep(0));
      future.setResult('v');
      loop.callSoon(() => log('soon after the result', stage.tick));
      log('set', stage.tick);
      yield* on(waiter);
      log('joined', stage.tick);
    });
    expect(lines).toEqual(['set 1', 'got v 2', 'soon after the result 2', 'joined 3']);
  });

  test('that is done is no wait', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const [done, failed] = [loop.createFuture<string>(), loop.createFuture<string>()];
      done.setResult('v');
      failed.setException(new Error('broken'));
      loop.callSoon(() => log('callback'));
      log(yield* on(done), yield* on(done), yield* attempt(failed));
      yield* on(sleep(0));
    });
    expect(lines).toEqual(['v v broken', 'callback']);
  });

  test('gives every waiter the very same error', async () => {
    const lines = await play(gear, function* (stage) {
      const future = stage.loop.createFuture<string>();
      const error = new Error('shared');
      const waiter = () => stage.spawn(() => on(future));
      const waiters = [waiter(), waiter()];
      yield* on(sleep(0));
      future.setException(error);
      for (const each of waiters) {
        yield* attempt(each);
        stage.log(each.exception() === error);
      }
      stage.log(future.exception() === error);
    });
    expect(lines).toEqual(['true', 'true', 'true']);
  });

  test('that is cancelled cancels those who wait for it, and they may go on', async () => {
    const lines = await play(gear, function* (stage) {
      const future = stage.loop.createFuture<string>();
      const waiter = stage.spawn(function* () {
        stage.log(yield* attempt(future), waiter.cancelling());
        return 'went on';
      });
      yield* on(sleep(0));
      stage.log(future.cancel('over'), future.cancelled());
      stage.log(yield* on(waiter));
    });
    expect(lines).toEqual(['true true', 'C(over) 0', 'went on']);
  });

  test('calls its done callbacks in the order in which they were added, never at once, in the next iteration', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      const future = loop.createFuture<number>();
      future.addDoneCallback((done) => log('one', stage.tick, done === future, done.result()));
      future.addDoneCallback(() => log('two', stage.tick));
      loop.callSoon(() => log('before'));
      future.setResult(42);
      loop.callSoon(() => log('after'));
      log('set', stage.tick);
      yield* on(sleep(0));
      future.addDoneCallback(() => log('late', stage.tick));
      yield* on(sleep(0));
    });
    expect(lines).toEqual(['set 0', 'before', 'one 1 true 42', 'two 1', 'after', 'late 2']);
  });

  test('takes back every equal callback, and none once it is done', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const future = loop.createFuture<void>();
      const twice = (): void => log('taken back');
      const late = (): void => log('ran all the same');
      for (const callback of [twice, late, twice]) future.addDoneCallback(callback);
      log(future.removeDoneCallback(twice), future.removeDoneCallback(twice));
      future.addDoneCallback((done) => log(done.removeDoneCallback(late)));
      future.setResult();
      yield* on(sleep(0));
    });
    expect(lines).toEqual(['2 0', 'ran all the same', '0']);
  });

  test('reports a callback that throws and calls the others', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const future = loop.createFuture<void>();
      future.addDoneCallback(() => {
        throw new Error('broken');
      });
      future.addDoneCallback(() => log('the next'));
      future.setResult();
      yield* on(sleep(0));
    });
    expect(lines).toEqual(['reported: a callback failed broken', 'the next']);
  });
});

const endings = [
  { state: 'result', end: (future: Future<number>) => future.setResult(1) },
  { state: 'exception', end: (future: Future<number>) => future.setException(new Error('a')) },
  { state: 'cancel', end: (future: Future<number>) => future.cancel() },
];

test.each(endings)('a future that has its $state is given nothing else', ({ end }) => {
  const loop = newEventLoop({ host: new VirtualHost() });
  const future = new Future<number>({ loop, label: 'mine' });
  end(future);
  const refused = expect.objectContaining({ code: 'COTASK_INVALID_STATE', message: expect.stringContaining('mine') });
  expect(() => future.setResult(2)).toThrow(refused);
  expect(() => future.setException(new Error('b'))).toThrow(refused);
  expect(future.cancel()).toBe(false);
  expect(future.done()).toBe(true);
});

test('a future tells what became of it', () => {
  const loop = newEventLoop({ host: new VirtualHost() });
  const [open, done, failed, cancelled] = Array.from({ length: 4 }, () => loop.createFuture<number>());
  done?.setResult(1);
  const error = new Error('a');
  failed?.setException(error);
  cancelled?.cancel('over');
  expect([open, done, failed, cancelled].map((future) => [future?.done(), future?.cancelled()])).toEqual([
    [false, false],
    [true, false],
    [true, false],
    [true, true],
  ]);
  expect(() => open?.result()).toThrow(InvalidStateError);
  expect(() => open?.exception()).toThrow(InvalidStateError);
  expect([done?.result(), done?.exception()]).toEqual([1, null]);
  expect(failed?.exception()).toBe(error);
  expect(() => failed?.result()).toThrow(error);
  expect(() => cancelled?.result()).toThrow(expect.objectContaining({ code: 'COTASK_CANCELLED', reason: 'over' }));
  expect(() => cancelled?.exception()).toThrow(expect.objectContaining({ code: 'COTASK_CANCELLED' }));
});

test('a future knows its loop and its label', () => {
  const loop = newEventLoop({ host: new VirtualHost() });
  const future = loop.createFuture('the answer');
  expect(future.getLoop()).toBe(loop);
  expect(future.label).toBe('the answer');
  future.label = 'the question';
  expect(future.label).toBe('the question');
});

test('a future made by hand belongs to the running loop, outside any to the default loop', async () => {
  await play('generator', function* ({ loop }) {
    expect(new Future().getLoop()).toBe(loop);
    expect(new Future({ label: 'named' }).label).toBe('named');
  });
  expect(new Future().getLoop()).toBe(getEventLoop());
});

test('isFuture knows futures and tasks, and nothing else', async () => {
  const lines = await play('generator', function* ({ log }) {
    const task = createTask(sleep(1));
    log([task, getRunningLoop().createFuture(), sleep(1), Promise.resolve(), null, 1].map(isFuture));
    yield* on(task);
  });
  expect(lines).toEqual(['[true, true, false, false, false, false]']);
});

test('trySetResult and trySetException settle a future unless it is done', async () => {
  const loop = newEventLoop({ host: new VirtualHost() });
  const [value, error, cancelled] = [1, 2, 3].map(() => loop.createFuture<number>());
  if (value === undefined || error === undefined || cancelled === undefined) throw new TypeError('three were made');
  cancelled.cancel();
  expect([value.trySetResult(1), value.trySetResult(2), value.trySetException(new Error('late'))]).toEqual([
    true,
    false,
    false,
  ]);
  expect([error.trySetException(new Error('first')), error.trySetResult(2)]).toEqual([true, false]);
  expect([cancelled.trySetResult(1), cancelled.trySetException(new Error('late'))]).toEqual([false, false]);
  expect([value.result(), error.exception()]).toEqual([1, new Error('first')]);
  const task = loop.createTask(sleep(1));
  for (const call of [() => task.trySetResult(), () => task.trySetException(new Error('x'))])
    expect(call).toThrow(expect.objectContaining({ code: 'COTASK_TASK_RESULT' }));
  await loop.runUntilComplete(task);
  loop.close();
});
