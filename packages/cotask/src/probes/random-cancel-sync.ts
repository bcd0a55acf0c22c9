/** Waits for time, futures and the synchronisation classes, under random cancels. */

import { Barrier, Condition, Event, Lock, Semaphore, getRunningLoop, sleep } from '../index.ts';
import { many, pick, wrong } from './random-cancel-kind.ts';
import type { Kind, Shared } from './random-cancel-kind.ts';
import { on } from './vocabulary.ts';

export const syncKinds: readonly Kind[] = [
  { name: 'sleep', share: () => ({ wait: ({ ms }) => on(sleep(ms)) }) },
  { name: 'future', share: shareFutures },
  { name: 'event', share: shareEvents },
  { name: 'lock', share: shareLocks },
  { name: 'semaphore', share: shareSemaphores },
  { name: 'condition', share: shareConditions },
  { name: 'barrier', share: shareBarriers },
];

function shareFutures(): Shared {
  return {
    *wait({ ms }) {
      const loop = getRunningLoop();
      const future = loop.createFuture<void>();
      const timer = loop.callLater(ms, () => future.done() || future.setResult());
      try {
        yield* on(future);
      } finally {
        timer.cancel();
      }
    },
  };
}

function shareEvents(): Shared {
  const events = many(() => new Event());
  return {
    wait: (plan) => on(pick(events, plan.slot).wait()),
    *supply(now) {
      const event = pick(events, now);
      event.set();
      event.clear();
    },
  };
}

function shareLocks(): Shared {
  const locks = many(() => new Lock());
  return {
    *wait(plan) {
      const lock = pick(locks, plan.slot);
      yield* on(lock.acquire());
      try {
        yield* on(sleep(Math.min(plan.ms, 3)));
      } finally {
        lock.release();
      }
    },
    left: () => wrong(locks, (lock) => lock.locked(), 'a lock is held'),
  };
}

function shareSemaphores(): Shared {
  const semaphores = many(() => new Semaphore(3));
  let held = 0;
  return {
    *wait(plan) {
      const semaphore = pick(semaphores, plan.slot);
      yield* on(semaphore.acquire());
      held += 1;
      try {
        yield* on(sleep(Math.min(plan.ms, 10)));
      } finally {
        held -= 1;
        semaphore.release();
      }
    },
    left: () => [
      ...wrong(semaphores, (semaphore) => semaphore.locked(), 'a semaphore has no permit left'),
      ...(held === 0 ? [] : [`${held} permits are out`]),
    ],
  };
}

function shareConditions(): Shared {
  const conditions = many(() => new Condition());
  return {
    *wait(plan) {
      const condition = pick(conditions, plan.slot);
      yield* on(condition.acquire());
      try {
        yield* on(condition.wait());
      } finally {
        condition.release();
      }
    },
    *supply(now) {
      const condition = pick(conditions, now);
      yield* on(condition.acquire());
      condition.notify(now % 3);
      condition.release();
    },
    left: () => wrong(conditions, (condition) => condition.locked(), "a condition's lock is held"),
  };
}

function shareBarriers(): Shared {
  const barriers = many(() => new Barrier(12));
  return {
    wait: (plan) => on(pick(barriers, plan.slot).wait()),
    left: () =>
      wrong(barriers, (barrier) => barrier.nWaiting !== 0 || barrier.broken, 'a barrier has waiters, or is broken'),
  };
}
