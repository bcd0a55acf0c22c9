import { expect, test } from 'vitest';

import { createTask, currentTask, ensureFuture, newEventLoop, sleep } from '../index.ts';
import { on } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';
import { VirtualHost } from '../testing/virtual-host.ts';

test('ensureFuture leaves futures and tasks as they are', async () => {
  const lines = await play('generator', function* ({ log, loop }) {
    const future = loop.createFuture<void>();
    const task = createTask(sleep(1));
    log(ensureFuture(future) === future, ensureFuture(task) === task);
    yield* on(task);
  });
  expect(lines).toEqual(['true true']);
});

test('ensureFuture makes a task of a coroutine, of another awaitable and of a foreign promise', async () => {
  const lines = await play('generator', function* (stage) {
    const made = [
      ensureFuture(stage.coroutineOf(() => on(sleep(1, 'coroutine')))()),
      ensureFuture(sleep(1, 'awaitable')),
      ensureFuture(Promise.resolve('promise')),
    ];
    for (const each of made) stage.log(yield* on(each));
  });
  expect(lines).toEqual(['coroutine', 'awaitable', 'promise']);
});

test('ensureFuture refuses what cannot be waited for', () => {
  const refused = expect.objectContaining({ code: 'COTASK_NOT_AWAITABLE' });
  expect(() => ensureFuture('text' as never)).toThrow(refused);
  expect(() => ensureFuture((() => {}) as never)).toThrow(refused);
  expect(() => ensureFuture(null as never)).toThrow(refused);
});

test('outside any task nobody is the current one', () => {
  expect(currentTask()).toBe(null);
});

test('ensureFuture makes its task on the loop that is asked for, and refuses a future of another', async () => {
  const lines = await play('generator', function* ({ log, loop }) {
    const other = newEventLoop({ host: new VirtualHost() });
    log(ensureFuture(sleep(1), { loop: other }).getLoop() === other);
    const future = loop.createFuture<void>();
    log(ensureFuture(future, { loop }) === future);
    expect(() => ensureFuture(future, { loop: other })).toThrow(expect.objectContaining({ code: 'COTASK_WRONG_LOOP' }));
    other.close();
  });
  expect(lines).toEqual(['true', 'true']);
});

test('currentTask of another loop is none', async () => {
  const other = newEventLoop({ host: new VirtualHost() });
  const lines = await play('generator', function* ({ log, loop }) {
    log(currentTask(loop) === currentTask(), currentTask(other));
  });
  expect(lines).toEqual(['true null']);
  other.close();
});
