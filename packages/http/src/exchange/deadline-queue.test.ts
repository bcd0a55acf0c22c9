import { coroutine, getEventLoop, run, sleep, type EventLoop } from 'cotask';
import { VirtualHost } from 'cotask/testing';
import { expect, test } from 'vitest';
import { DeadlineEntry, deadlineQueue } from './deadline-queue.ts';

class Recorded extends DeadlineEntry {
  readonly #record: () => void;

  constructor(record: () => void) {
    super();
    this.#record = record;
  }

  expire(): void {
    this.#record();
  }
}

/** Runs `body` on virtual time and gives what it recorded. */
async function record(
  body: (loop: EventLoop, entry: (name: string) => DeadlineEntry) => PromiseLike<void> | Promise<void>,
): Promise<string[]> {
  const seen: string[] = [];
  const main = coroutine(async () => {
    const loop = getEventLoop();
    const began = loop.time();
    await body(loop, (name) => new Recorded(() => void seen.push(`${name} at ${loop.time() - began}`)));
  });
  await run(main(), { host: new VirtualHost() });
  return seen;
}

test('entries end one span after they were started, in order', async () => {
  const seen = await record(async (loop, entry) => {
    const queue = deadlineQueue(loop, 100);
    queue.start(entry('first'));
    await sleep(30);
    queue.start(entry('second'));
    queue.start(entry('third'));
    await sleep(200);
  });
  expect(seen).toEqual(['first at 100', 'second at 130', 'third at 130']);
});

test('an entry that is started anew ends later, a deleted one never', async () => {
  const seen = await record(async (loop, entry) => {
    const queue = deadlineQueue(loop, 100);
    const [moved, gone, last] = [entry('moved'), entry('gone'), entry('last')];
    for (const one of [moved, gone, last]) queue.start(one);
    await sleep(60);
    queue.start(moved);
    queue.delete(gone);
    await sleep(200);
  });
  expect(seen).toEqual(['last at 100', 'moved at 160']);
});

test('an empty queue holds no timer: without one, virtual time stands still', async () => {
  let queue: ReturnType<typeof deadlineQueue> | undefined;
  let loop: EventLoop | undefined;
  const main = coroutine(async () => {
    loop = getEventLoop();
    queue = deadlineQueue(loop, 100);
    const one = new Recorded(() => undefined);
    queue.start(one);
    queue.delete(one);
    queue.delete(one);
    await loop.createFuture<void>('what never comes');
  });
  const host = new VirtualHost();
  const began = host.now();
  await expect(run(main(), { host })).rejects.toMatchObject({ code: 'COTASK_DEADLOCK' });
  expect(host.now()).toBe(began);
});

test('a loop has one queue a span', () => {
  const loop = getEventLoop();
  expect(deadlineQueue(loop, 5)).toBe(deadlineQueue(loop, 5));
  expect(deadlineQueue(loop, 5)).not.toBe(deadlineQueue(loop, 6));
  const first = deadlineQueue(loop, 5);
  for (let span = 10; span < 2000; span++) deadlineQueue(loop, span);
  expect(deadlineQueue(loop, 5)).not.toBe(first);
});
