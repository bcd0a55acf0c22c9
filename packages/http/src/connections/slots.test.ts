import { coroutine, createTask, run, sleep, type Task } from 'cotask';
import { describeWaits } from 'cotask/lowlevel';
import { VirtualHost } from 'cotask/testing';
import { expect, test } from 'vitest';
import { ClientSession, type RequestOptions } from '../index.ts';
import { SlotTable } from './slots.ts';

test('a table holds an origin only while it has requests', () => {
  const table = new SlotTable(2, 1);
  expect(table.takeBoth('http://a')).toBe(true);
  expect(table.takeBoth('http://a')).toBe(false);
  expect(table.takeBoth('http://b')).toBe(true);
  expect(table.takeBoth('http://c')).toBe(false);
  expect(table.hosts).toBe(2);
  table.release('http://a');
  table.release('http://b');
  expect(table.hosts).toBe(0);
});

test('without limitPerHost no origin is remembered, without limit nobody waits', () => {
  const table = new SlotTable(0, 0);
  for (let i = 0; i < 1000; i++) expect(table.takeBoth(`http://${i}`)).toBe(true);
  expect(table.hosts).toBe(0);
});

/** On virtual time, with a name server that never answers: requests hold their slots until they are ended. */
async function play(
  limits: { limit: number; limitPerHost?: number },
  act: (begin: Begin) => Promise<void>,
): Promise<void> {
  const main = coroutine(async () => {
    await using session = new ClientSession({ ...limits, lookup: () => undefined, timeout: null });
    await act((host, options) => createTask(session.get(`http://${host}.test/`, options)));
  });
  await run(main(), { host: new VirtualHost() });
}
type Begin = (host: string, options?: RequestOptions) => Task<unknown>;

const end = async (task: Task<unknown>): Promise<unknown> =>
  Promise.resolve(task.then(null, (error: unknown) => error));

/** What a task waits for, once all that is ready has run. */
async function waitsFor(task: Task<unknown>): Promise<string> {
  for (let i = 0; i < 5; i++) await sleep(0);
  return describeWaits(task);
}

test('a slot that is handed over in the moment of the waiter’s deadline goes to the next', async () => {
  await play({ limit: 1 }, async (begin) => {
    const holder = begin('a', { timeout: { total: 1000 } });
    await sleep(0);
    const late = begin('b', { timeout: { connect: 1000 } });
    const next = begin('c');
    // One list of deadlines of equal length: the holder's first, which frees the slot, then the waiter's.
    expect(await end(holder)).toMatchObject({ deadline: 'total' });
    expect(await end(late)).toMatchObject({ deadline: 'connect', stage: 'queued' });
    expect(await waitsFor(next)).toBe('the response to GET http://c.test/');
    next.cancel();
    await end(next);
  });
});

test('a request that is cancelled while it waits for the session’s slot gives its origin’s back', async () => {
  await play({ limit: 1, limitPerHost: 1 }, async (begin) => {
    const holder = begin('a');
    const cancelled = begin('b');
    const next = begin('b');
    expect(await waitsFor(cancelled)).toBe('a slot for GET http://b.test/');
    cancelled.cancel();
    holder.cancel();
    expect(await end(cancelled)).toMatchObject({ code: 'COTASK_CANCELLED' });
    expect(await waitsFor(next)).toBe('the response to GET http://b.test/');
    next.cancel();
    await end(next);
  });
});
