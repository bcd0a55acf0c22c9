import { describe, expect, test } from 'vitest';

import {
  Lock,
  asCompleted,
  captureCallGraph,
  currentTask,
  formatCallGraph,
  gather,
  shield,
  sleep,
  taskGroup,
  wait,
} from '../index.ts';
import type { CallGraph, Task } from '../index.ts';
import { futureAddToAwaitedBy, futureDiscardFromAwaitedBy } from '../lowlevel.ts';
import { gears, inGear, on } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { me, play } from '../testing/stage.ts';
import type { Stage } from '../testing/stage.ts';

/** The names of those who await a task, with what stands between. */
function parents(task: Task<unknown>): string {
  const graph = captureCallGraph(task);
  return (graph?.awaitedBy ?? []).map(({ name, via }) => (via === null ? name : `${name} (${via})`)).join();
}

describe.each(gears)('a call graph, in the %s gear', (gear) => {
  test('knows who awaits a task through gather, wait, shield, a group and asCompleted, and forgets when it is over', async () => {
    const lines = await play(gear, function* (stage) {
      const tasks = ['a', 'b', 'c', 'd', 'e'].map((name) => stage.spawn(() => on(sleep(2)), { name }));
      const [a, b, c, d, e] = tasks;
      if (a === undefined || b === undefined || c === undefined || d === undefined || e === undefined) return;
      const waiting = [
        stage.spawn(() => on(a), { name: 'directly' }),
        stage.spawn(() => on(gather(a, b)), { name: 'gatherer' }),
        stage.spawn(() => on(wait([b])), { name: 'waiter' }),
        stage.spawn(() => on(shield(c)), { name: 'shielder' }),
        stage.spawn(() => on(gather([gather([d])])), { name: 'twice' }),
        stage.spawn(
          function* () {
            for (const next of asCompleted([e])) yield* on(next);
          },
          { name: 'taker' },
        ),
      ];
      yield* on(sleep(1));
      for (const task of tasks) stage.log(task.name, parents(task));
      yield* on(gather(waiting));
      for (const task of tasks) stage.log(task.name, parents(task));
    });
    expect(lines).toEqual([
      'a directly,gatherer (all 2 of a gather)',
      'b gatherer (all 2 of a gather),waiter (all of 1 tasks)',
      'c shielder (task "c", shielded)',
      'd twice (all 1 of a gather)',
      'e taker (the next of several tasks)',
      'a ',
      'b ',
      'c ',
      'd ',
      'e ',
    ]);
  });

  test('goes up to the top, is plain data, and is printed as a tree', async () => {
    const lines = await play(gear, function* (stage) {
      me().setName('main');
      const a = stage.spawn(() => on(sleep(1)), { name: 'a' });
      const b = stage.spawn(() => on(gather([a])), { name: 'b' });
      const body = inGear(gear, function* () {
        yield* on(b);
      });
      const look = stage.spawn(function* (): EitherBody<void> {
        const graph = captureCallGraph(a);
        stage.log(JSON.stringify(graph) === JSON.stringify(JSON.parse(JSON.stringify(graph))));
        stage.log(`\n${formatCallGraph(a)}`);
      });
      yield* on(taskGroup(body));
      yield* on(look);
    });
    expect(lines).toEqual([
      'true',
      `
* a
  + Call stack:
  |   waits for sleep(1)
  + Awaited by:
    * b (all 1 of a gather)
      + Call stack:
      |   waits for all 1 of a gather
      + Awaited by:
        * main
          + Call stack:
          |   waits for task "b"
`,
    ]);
  });

  test('ends where a circle closes', async () => {
    const lines = await play(gear, function* (stage) {
      const one = stage.spawn((): EitherBody<unknown> => circle(() => two), { name: 'one' });
      const two: Task<unknown> = stage.spawn(() => circle(() => one), { name: 'two' });
      function* circle(other: () => Task<unknown>): EitherBody<unknown> {
        return yield* on(other());
      }
      yield* on(sleep(0));
      const names = (graph: CallGraph | null): string =>
        graph === null ? '' : `${graph.name}${graph.repeated ? '!' : ''} ${graph.awaitedBy.map(names).join()}`;
      stage.log(names(captureCallGraph(one)).trim());
      one.cancel();
      yield* on(wait([one, two]));
    });
    expect(lines).toEqual(['one two one!']);
  });

  test('of a chain of 10,000 tasks is whole as data; as text it has a hundred levels and says how many more', async () => {
    const lines = await play(gear, function* (stage) {
      const first = stage.spawn(() => on(sleep(1)), { name: 'task 0' });
      let last: Task<unknown> = first;
      for (let n = 1; n <= 10_000; n++) {
        const waitsFor = last;
        last = stage.spawn(() => on(waitsFor), { name: `task ${n}` });
      }
      yield* on(sleep(0));
      yield* on(sleep(0));
      let levels = 0;
      for (
        let graph = captureCallGraph(first);
        graph !== undefined && graph !== null;
        graph = graph.awaitedBy[0] ?? null
      )
        levels += 1;
      stage.log(levels);
      const text = formatCallGraph(first).trimEnd().split('\n');
      stage.log(text.filter((line) => line.includes('* task')).length, text.at(-1));
      yield* on(last);
    });
    expect(lines).toEqual(['10001', '100 … and 9901 more above the 100 levels told']);
  });

  test('of the task that runs begins with the line that asks', async () => {
    const lines = await play(gear, function* (stage) {
      const graph = captureCallGraph();
      stage.log(graph?.name === me().name, graph?.callStack[0]?.at?.includes('call-graph.test.ts'));
      yield* on(sleep(0));
    });
    expect(lines).toEqual(['true true']);
  });

  test('has awaits that were told to it, until they are taken back or the future is done', async () => {
    const lines = await play(gear, function* (stage) {
      const task = stage.spawn(() => on(sleep(1)), { name: 'a' });
      futureAddToAwaitedBy(task, me());
      me().setName('teller');
      stage.log(parents(task));
      futureDiscardFromAwaitedBy(task, me());
      stage.log(parents(task));
      futureAddToAwaitedBy(task, me());
      yield* on(sleep(2));
      stage.log(parents(task));
    });
    expect(lines).toEqual(['teller', '', '']);
  });
});

test('outside any task there is no call graph', () => {
  expect([currentTask(), captureCallGraph(), formatCallGraph()]).toEqual([null, null, '']);
});

describe.each(gears)('what a task stands at, in the %s gear', (gear) => {
  const script = function* (stage: Stage): EitherBody<void> {
    const lock = new Lock({ name: 'db' });
    yield* on(lock.acquire());
    yield* on(sleep(70));
    const task = stage.spawn(() => on(lock.acquire()), { name: 'a' });
    stage.log(task.waits().map(({ label, since }) => `${label} ${since}`));
    yield* on(sleep(30));
    const [wait] = task.waits();
    stage.log(wait?.label, wait?.since, wait?.future?.done(), stage.loop.time());
    stage.log(task.getStack().map(({ what }) => what));
    stage.log(task.getStack({ limit: 0 }).length, me().waits().length);
    lock.release();
    stage.log(task.waits().map(({ since }) => String(since)));
    yield* on(task);
    stage.log(task.waits().length, task.getStack().length);
  };

  test('is each wait and since when', async () => {
    expect(await play(gear, script)).toEqual([
      '[its turn null]',
      'lock "db" held by task "main" 70 false 100',
      '[waits for lock "db" held by task "main"]',
      '0 0',
      '[null]',
      '0 0',
    ]);
  });
});
