/**
 * Cast: up to 24 calls over two threads, of functions that end well, fail, end their thread or never end; cancels after up to
 * 30 ms, with and without a grace.
 * Plot: each call ends as its function does, or by its cancel; then the pool serves another call and closes. What must hold:
 * no call, no thread and nothing that keeps the process alive is left.
 */
import { coroutine, createTask, gather, run, sleep, type Task } from 'cotask';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ThreadPool } from '../index.ts';
import { heldThreads, until, work } from '../probes/stage.ts';
import { makeGate } from '../probes/work.ts';

/** `npm run soak` sets them. */
const programs = Number(process.env.COTASK_THREAD_PROGRAMS ?? 8);
const seed = Number(process.env.COTASK_THREAD_SEED ?? 1);

/** How a task ended, in a word. */
async function endOf(task: Task<unknown>): Promise<unknown> {
  try {
    return await task;
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
}

/** A call: what it does, and when it is cancelled, if at all, in milliseconds. */
interface Move {
  readonly name: 'add' | 'spin' | 'addLater' | 'exit' | 'throwOwn';
  readonly cancelAfter: number | null;
}

const moves: fc.Arbitrary<Move[]> = fc.array(
  fc.record({
    name: fc.constantFrom('add', 'add', 'addLater', 'spin', 'exit', 'throwOwn'),
    cancelAfter: fc.option(fc.integer({ min: 0, max: 30 })),
  }),
  { minLength: 1, maxLength: 24 },
);

const ends = {
  add: 3,
  addLater: 3,
  exit: 'COTASK_THREAD_EXIT',
  throwOwn: 'E_RECORD',
  spin: 'COTASK_CANCELLED',
} as const;

async function play(list: readonly Move[], graceMs: number): Promise<void> {
  const pool = new ThreadPool({ maxThreads: 2, graceMs });
  const gate = makeGate();
  const args = { add: [1, 2], addLater: [1, 2], exit: [3], throwOwn: [], spin: [gate] };
  const one = coroutine(async ({ name, cancelAfter }: Move) => {
    const task = createTask(pool.run(work.url, name, args[name]));
    // What never ends by itself is always cancelled.
    const after = cancelAfter ?? (name === 'spin' ? 40 : null);
    if (after !== null) {
      await sleep(after);
      task.cancel();
    }
    const end = await endOf(task);
    expect(after === null ? [ends[name]] : [ends[name], 'COTASK_CANCELLED']).toContain(end);
  });
  const main = coroutine(async () => {
    await gather(list.map((move) => one(move)));
    expect(await pool.run(work, 'add', [2, 2])).toBe(4);
    await pool.close();
  });
  await run(main());
  expect([pool.threads, pool.running, pool.waiting]).toEqual([0, 0, 0]);
}

const timeout = 30_000 + programs * 5_000;

test('random calls and cancels leave nothing, and the pool serves the next call', { timeout }, async () => {
  const before = heldThreads();
  await fc.assert(
    fc.asyncProperty(moves, fc.constantFrom(0, 5), async (list, graceMs) => play(list, graceMs)),
    { numRuns: programs, seed, endOnFailure: true },
  );
  await until(() => heldThreads() <= before, 'no thread is left');
});
