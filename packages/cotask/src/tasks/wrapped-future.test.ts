import { describe, expect, test } from 'vitest';

import { CancelledError, coroutine, getRunningLoop, newEventLoop, run, sleep, wrapFuture } from '../index.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';
import { VirtualHost } from '../testing/virtual-host.ts';

describe.each(gears)('a wrapped promise, in the %s gear', (gear) => {
  test('is a future that ends as the promise does', async () => {
    const told = await play(gear, function* (stage) {
      const { promise, resolve } = Promise.withResolvers<string>();
      const future = wrapFuture(promise);
      future.addDoneCallback((done) => stage.log('callback', done.result()));
      stage.log(future.done());
      resolve('value');
      yield* on(sleep(1));
      stage.log(yield* attempt(future), future.done());
      stage.log(yield* attempt(wrapFuture(Promise.reject(new Error('broken')))));
      stage.log(wrapFuture(future) === future);
    });
    expect(told).toEqual(['false', 'callback value', 'value true', 'broken', 'true']);
  });

  test('that is cancelled aborts its controller in its turn, and drops what comes later', async () => {
    const told = await play(gear, function* (stage) {
      const { promise, resolve } = Promise.withResolvers<string>();
      const controller = new AbortController();
      const future = wrapFuture(promise, { controller });
      controller.signal.addEventListener('abort', () => stage.log('aborted with', controller.signal.reason));
      future.cancel('x');
      stage.log('cancelled', future.cancelled(), controller.signal.aborted);
      yield* on(sleep(0));
      resolve('late');
      stage.log(yield* attempt(future));
    });
    expect(told).toEqual(['cancelled true false', 'aborted with C(x)', 'C(x)']);
  });

  test('that a cancelled task waits for is cancelled with it', async () => {
    const told = await play(gear, function* (stage) {
      const controller = new AbortController();
      const future = wrapFuture(new Promise(() => {}), { controller });
      const task = stage.spawn(() => on(future));
      yield* on(sleep(1));
      task.cancel('x');
      stage.log(yield* attempt(task), controller.signal.aborted, future.cancelled());
    });
    expect(told).toEqual(['C(x) true true']);
  });

  test('whose promise ends with a cancel is cancelled', async () => {
    const told = await play(gear, function* (stage) {
      const future = wrapFuture(Promise.reject(new CancelledError('source')));
      stage.log(yield* attempt(future), future.cancelled());
    });
    expect(told).toEqual(['C(source) true']);
  });
});

test('an error that nobody looks at is reported', async () => {
  const reports: string[] = [];
  const main = coroutine(async () => {
    getRunningLoop().setExceptionHandler((_, { message }) => reports.push(message));
    void wrapFuture(Promise.reject(new Error('broken')));
    await sleep(1);
  });
  await run(main());
  expect(reports).toEqual(['a foreign promise failed, and nobody looked at its error:']);
});

test('it belongs to the loop that is given', async () => {
  const loop = newEventLoop({ host: new VirtualHost() });
  const future = wrapFuture(Promise.resolve(1), { loop });
  expect([future.getLoop() === loop, await loop.runUntilComplete(future)]).toEqual([true, 1]);
  loop.close();
});

test('what is no promise is refused', () => {
  // @ts-expect-error a number is no promise
  expect(() => wrapFuture(1)).toThrow(expect.objectContaining({ code: 'COTASK_NOT_A_PROMISE' }));
});
