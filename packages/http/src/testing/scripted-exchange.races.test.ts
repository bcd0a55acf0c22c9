/**
 * A cancel at every tick of a request that a rule answers.
 *
 * The cast: a task that sends a stream and reads an answer in pieces; the rule's own task, which connects, reads the stream,
 * answers and rests between pieces; a connector with one slot. The plot: the first task is cancelled after n ticks and so many
 * milliseconds, wherever either of the two stands then: before its first step, as it hands over the head, as it ends. After
 * that no task is left, the slot is free, and the next request is answered.
 */
import { gzipSync } from 'node:zlib';
import { allTasks, coroutine, createTask, getEventLoop, run, sleep } from 'cotask';
import { VirtualHost } from 'cotask/testing';
import { describe, expect, test } from 'vitest';
import { gears, inGear, on, type EitherBody } from '../../../cotask/src/testing/both-gears.ts';
import { MockSession } from './index.ts';

const url = 'https://api.test/';
const packed = gzipSync('a body that is decoded '.repeat(99));

async function* upload(): AsyncGenerator<string> {
  yield 'one';
  await sleep(1);
  yield 'two';
}

describe.each(gears)('a cancel leaves nothing, in the %s gear,', (gear) => {
  const use = inGear(gear, function* (session: MockSession): EitherBody<string> {
    const response = yield* on(session.post(url, { data: upload() }));
    return yield* on(response.text());
  });

  test.each([0, 1, 2, 3, 4, 5])('%i ms after the beginning', async (ms) => {
    const ends = new Set<string>();
    for (let ticks = 0; ticks < 24; ticks += 1) {
      const reports: unknown[] = [];
      const session = new MockSession({ limit: 1 });
      session.intercept({ method: 'POST' }).reply({
        delay: { connecting: 1, head: 1 },
        headers: { 'content-encoding': 'gzip' },
        body: [packed.subarray(0, 20), 1, packed.subarray(20)],
      });
      session.intercept({ method: 'GET' }).reply({ body: 'the next' });
      const main = coroutine(async () => {
        getEventLoop().setExceptionHandler((_loop, context) => void reports.push(context.message));
        const task = createTask(coroutine<void, [MockSession], string>(use)(session));
        if (ms > 0) await sleep(ms);
        for (let tick = 0; tick < ticks; tick += 1) await sleep(0);
        task.cancel();
        await task.then(
          () => ends.add('done'),
          () => ends.add('cancelled'),
        );
        expect(await (await session.get(url)).text()).toBe('the next');
        await sleep(10);
        expect(allTasks().map(({ name }) => name)).toEqual(['main']);
        expect(getEventLoop().waitingTasks()).toEqual([]);
      });
      await run(main(), { host: new VirtualHost(), debug: true });
      expect(reports).toEqual([]);
    }
    expect(ends.has(ms < 5 ? 'cancelled' : 'done')).toBe(true);
  });
});
