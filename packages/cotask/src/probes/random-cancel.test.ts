/**
 * The cast: a thousand tasks of one gear that wait a few times each in one way, what wakes them, and cancels from outside.
 * The plot: the cancels come at random moments, often in the tick in which the wait ends, often several to a task; the
 * clean-up of each waits once. In the end nothing may be left, and each request was delivered once, or a value, an error
 * or the task's end overtook it.
 */

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { CancelledError, DeadlockError, allTasks, coroutine, getRunningLoop, run, sleep } from '../index.ts';
import type { Task } from '../index.ts';
import { VirtualHost } from '../testing/index.ts';
import { flowKinds } from './random-cancel-flow.ts';
import { slots } from './random-cancel-kind.ts';
import type { Kind, Plan, Shared } from './random-cancel-kind.ts';
import { queueKinds } from './random-cancel-queues.ts';
import { syncKinds } from './random-cancel-sync.ts';
import { taskKinds } from './random-cancel-tasks.ts';
import { gears, inGear, on, wordsOf } from './vocabulary.ts';
import type { Body, Gear } from './vocabulary.ts';

const tasks = 1000;
const environment = typeof process === 'undefined' ? {} : process.env;
const seed = Number(environment['COTASK_RANDOM_CANCEL_SEED'] ?? 1);
/** In this many milliseconds the waits are woken and the cancels come. */
const stretch = 40;
/** A wait that only a cancel can end; its timer must not outlive it. */
const forEver = 1e9;

interface Fate {
  waits: Plan[];
  /** When the cancels come, in milliseconds. */
  cancels: number[];
}

const plan: fc.Arbitrary<Plan> = fc.record({
  ms: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 10 }) },
    { weight: 1, arbitrary: fc.constant(forEver) },
  ),
  slot: fc.nat({ max: slots - 1 }),
});

const fate: fc.Arbitrary<Fate> = fc.record({
  waits: fc.array(plan, { minLength: 1, maxLength: 4, size: 'max' }),
  cancels: fc.array(fc.integer({ min: 0, max: stretch }), { minLength: 1, maxLength: 4, size: 'max' }),
});

/** What became of the requests of one task. */
class Ledger {
  task: Task<void> | undefined;
  /** A request was made and has not been delivered. */
  due = false;
  requests = 0;
  deliveries = 0;
  readonly faults: string[] = [];

  request(): void {
    if (this.task === undefined || this.task.done()) return;
    this.due = true;
    this.requests += 1;
    this.task.cancel(`request ${this.requests}`);
  }

  /** Waits; a cancel must be one that is due. True when one came. */
  *isCancelled(wait: Body<unknown>, what: string): Body<boolean> {
    try {
      yield* wait;
      return false;
    } catch (error) {
      if (!(error instanceof CancelledError)) throw error;
      if (!this.due) this.faults.push(`${what} was cancelled, but nothing was due`);
      this.due = false;
      this.deliveries += 1;
      return true;
    }
  }
}

function* live(ledger: Ledger, shared: Shared, { waits }: Fate): Body<void> {
  for (const wait of waits) {
    const cancelled = yield* ledger.isCancelled(shared.wait(wait), 'the wait');
    const overtaken = ledger.due && !cancelled;
    const next = yield* ledger.isCancelled(on(sleep(1)), cancelled ? 'the clean-up' : 'the next wait');
    if (overtaken && !next) ledger.faults.push('a request that a value overtook was lost');
  }
}

/** Runs one kind in one gear; what was wrong, and how often requests met which end. */
async function runKind(kind: Kind, gear: Gear): Promise<{ faults: string[]; requests: number; deliveries: number }> {
  const fates = fc.sample(fate, { numRuns: tasks, seed });
  const ledgers = fates.map(() => new Ledger());
  const faults: string[] = [];
  let [quietAt, endedAt] = [Number.NaN, Number.NaN];

  const main = inGear(gear, function* () {
    const loop = getRunningLoop();
    const words = wordsOf(gear);
    const shared = kind.share(words);
    for (const [index, ledger] of ledgers.entries()) {
      const itsFate = fates[index];
      if (itsFate === undefined) continue;
      ledger.task = words.spawn(() => live(ledger, shared, itsFate));
      for (const when of itsFate.cancels) loop.callLater(when, () => ledger.request());
    }
    yield* supplyAndCancel(ledgers, shared);
    if (shared.left !== undefined) faults.push(...shared.left());
    yield* on(sleep(1));
    const left = [...allTasks()].length - 1;
    if (left !== 0) faults.push(`${left} tasks are left`);
    quietAt = loop.time();
    try {
      yield* on(loop.createFuture('what never comes'));
    } finally {
      // A timer that was left would have moved the time before the deadlock was seen.
      endedAt = loop.time();
    }
  });
  await expect(run(coroutine(main)(), { host: new VirtualHost() })).rejects.toBeInstanceOf(DeadlockError);
  if (endedAt !== quietAt) faults.push(`a timer is left: it moved the time from ${quietAt} to ${endedAt}`);
  const total = (count: (ledger: Ledger) => number): number => ledgers.reduce((sum, ledger) => sum + count(ledger), 0);
  return {
    faults: [...faults, ...ledgers.flatMap(({ faults: own }) => own)],
    requests: total((ledger) => ledger.requests),
    deliveries: total((ledger) => ledger.deliveries),
  };
}

/** Wakes and cancels for a while, then cancels whoever still waits. */
function* supplyAndCancel(ledgers: readonly Ledger[], shared: Shared): Body<void> {
  for (let now = 0; now <= stretch; now += 1) {
    yield* on(sleep(1));
    if (shared.supply !== undefined) yield* shared.supply(now);
  }
  for (let round = 0; round < 20 && ledgers.some(({ task }) => task?.done() === false); round += 1) {
    for (const ledger of ledgers) ledger.request();
    yield* on(sleep(1));
  }
  for (const { task, faults } of ledgers) {
    if (task?.done() !== true) faults.push('its task never ends');
    else if (!task.cancelled() && task.exception() !== null)
      faults.push(`its task failed: ${String(task.exception())}`);
  }
}

describe.each([...syncKinds, ...queueKinds, ...taskKinds, ...flowKinds])('1,000 tasks that wait by $name', (kind) => {
  test.each(gears)(
    'leave nothing when they are cancelled at random, in the %s gear',
    { timeout: 30_000 },
    async (gear) => {
      const { faults, requests, deliveries } = await runKind(kind, gear);
      expect(faults).toEqual([]);
      // The story took place: most requests were delivered, and some were overtaken.
      expect(deliveries).toBeGreaterThan(tasks / 2);
      expect(deliveries).toBeLessThan(requests);
    },
  );
});
