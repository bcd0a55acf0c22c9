import { describe, expect, test } from 'vitest';

import { coroutine, fifo, run, sleep } from '../../index.ts';
import type { SchedulingPolicy } from '../../index.ts';
import { gears, on } from '../../testing/both-gears.ts';
import { play } from '../../testing/stage.ts';
import { VirtualHost } from '../../testing/virtual-host.ts';

/** The youngest first, one an iteration: the rest stay, where they are older. */
const lifo: SchedulingPolicy = { name: 'lifo', arrange: (steps) => steps.slice(-1) };

describe.each(gears)('a scheduling policy of a user, in the %s gear', (gear) => {
  test('may leave steps for the next iteration', async () => {
    const lines = await play(
      gear,
      function* (stage) {
        const worker = (name: string) =>
          stage.spawn(function* () {
            stage.log(name, stage.tick);
          });
        for (const task of ['a', 'b', 'c'].map(worker)) yield* on(task);
      },
      { policy: lifo },
    );
    expect(lines).toEqual(['c 1', 'b 2', 'a 3']);
  });

  test('sees all steps that are ready, the longest-waiting first, and no callbacks', async () => {
    const seen: string[][] = [];
    const watching: SchedulingPolicy = {
      name: 'watching',
      arrange(steps) {
        seen.push(steps.map((step) => step.owner.name));
        return steps;
      },
    };
    await play(
      gear,
      function* (stage) {
        const worker = (name: string) => stage.spawn(() => on(sleep(0)), { name });
        stage.loop.callSoon(() => {});
        for (const task of ['a', 'b'].map(worker)) yield* on(task);
      },
      { policy: watching },
    );
    expect(seen.slice(0, 4)).toEqual([['main'], ['a', 'b'], ['a', 'b'], ['main']]);
  });
});

const wrong: readonly { what: string; arrange: SchedulingPolicy['arrange'] }[] = [
  { what: 'returns no step', arrange: () => [] },
  { what: 'returns a step twice', arrange: (steps) => [...steps, ...steps] },
  {
    what: 'makes up a step',
    arrange: (steps) => [
      ...steps,
      { owner: { name: 'x', priority: 0 }, readyAt: 0, run: () => true, settlesOnly: () => true },
    ],
  },
  {
    what: 'throws',
    arrange: () => {
      throw new Error('no idea');
    },
  },
];

test.each(wrong)('a policy that $what ends the run with an error that names it', async ({ arrange }) => {
  const main = coroutine(async () => {
    await sleep(0);
  });
  const running = run(main(), { host: new VirtualHost(), policy: { name: 'wrong', arrange } });
  await expect(running).rejects.toMatchObject({
    code: 'COTASK_BAD_POLICY',
    message: expect.stringContaining('"wrong"'),
  });
});

test('fifo leaves everything as it is', () => {
  expect(fifo().name).toBe('fifo');
  expect(fifo().arrange([], 1)).toEqual([]);
});
