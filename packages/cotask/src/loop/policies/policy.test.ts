import { describe, expect, test } from 'vitest';

import { coroutine, createTask, fifo, gather, run, sleep } from '../../index.ts';
import type { SchedulingPolicy } from '../../index.ts';
import { gears, on } from '../../testing/both-gears.ts';
import { madeStep } from '../../testing/made-step.ts';
import { play } from '../../testing/stage.ts';
import { VirtualHost } from '../../testing/virtual-host.ts';
import type { Step } from '../step.ts';

/** The youngest first, one an iteration: the others are kept. */
const lifo: SchedulingPolicy = {
  name: 'lifo',
  begin() {
    const kept: Step[] = [];
    return (ready) => {
      kept.push(...ready);
      return kept.splice(-1);
    };
  },
};

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

  test('lists the steps that it has kept as ready tasks, and callbacks run in their places meanwhile', async () => {
    const lines = await play(
      gear,
      function* (stage) {
        const worker = (name: string) =>
          stage.spawn(
            function* () {
              stage.log(name, ...stage.loop.readyTasks().map((task) => task.name));
              stage.loop.callSoon(() => stage.log('after', name));
            },
            { name },
          );
        for (const task of ['a', 'b', 'c'].map(worker)) yield* on(task);
      },
      { policy: lifo },
    );
    expect(lines).toEqual(['c a b', 'b a', 'after c', 'a', 'after b', 'after a']);
  });

  test('is begun for each loop, and what it keeps for one is not seen by another', async () => {
    const order = async (): Promise<string[]> =>
      play(
        gear,
        function* (stage) {
          for (const name of ['a', 'b']) {
            void stage.spawn(function* () {
              yield* on(sleep(1));
              stage.log(name);
            });
          }
          yield* on(sleep(2));
        },
        { policy: lifo },
      );
    const [one, other] = await Promise.all([order(), order()]);
    expect([one, other]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  test('sees the steps that have become ready, the longest-waiting first, and no callbacks', async () => {
    const seen: string[][] = [];
    const watching: SchedulingPolicy = {
      name: 'watching',
      begin: () => (ready) => {
        seen.push(ready.map((step) => step.owner.name));
        return ready;
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

const wrong: readonly { what: string; begin: SchedulingPolicy['begin'] }[] = [
  { what: 'returns no step', begin: () => () => [] },
  { what: 'returns a step twice', begin: () => (ready) => [...ready, ...ready] },
  { what: 'makes up a step', begin: () => (ready) => [...ready, madeStep('x')] },
  {
    what: 'throws',
    begin: () => () => {
      throw new Error('no idea');
    },
  },
  {
    what: 'cannot begin',
    begin: () => {
      throw new Error('no idea');
    },
  },
];

test.each(wrong)('a policy that $what ends the run with an error that names it', async ({ begin }) => {
  const main = coroutine(async () => {
    await sleep(0);
  });
  const running = run(main(), { host: new VirtualHost(), policy: { name: 'wrong', begin } });
  await expect(running).rejects.toMatchObject({
    code: 'COTASK_BAD_POLICY',
    message: expect.stringContaining('"wrong"'),
  });
});

test('what a policy had kept when it failed is not lost: the finally blocks of its tasks run', async () => {
  let calls = 0;
  const keeping: SchedulingPolicy = {
    name: 'keeping',
    begin: () => (ready) => {
      calls += 1;
      if (calls === 3) throw new Error('no idea');
      return ready.slice(0, 1);
    },
  };
  const ended: string[] = [];
  const worker = coroutine(async (name: string) => {
    try {
      await sleep(0);
    } finally {
      ended.push(name);
    }
  });
  const main = coroutine(async () => {
    await gather(['a', 'b', 'c'].map((name) => createTask(worker(name))));
  });
  const running = run(main(), { host: new VirtualHost(), policy: keeping });
  await expect(running).rejects.toMatchObject({ code: 'COTASK_BAD_POLICY' });
  expect(ended).toEqual(['a']);
});

test('fifo leaves everything as it is', () => {
  expect(fifo().name).toBe('fifo');
  expect(fifo().begin()([], 1)).toEqual([]);
});
