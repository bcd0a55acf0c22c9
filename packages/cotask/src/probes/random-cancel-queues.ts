/** Waits at queues, under random cancels: items put, taken and left must add up, and nobody may be left in a line. */

import { Queue, coroutine } from '../index.ts';
import { many, pick, wrong } from './random-cancel-kind.ts';
import type { Kind, Shared } from './random-cancel-kind.ts';
import { on } from './vocabulary.ts';

export const queueKinds: readonly Kind[] = [
  { name: 'queue get', share: shareQueues },
  { name: 'queue put', share: shareSmallQueues },
  { name: 'queue join', share: shareUnfinishedQueues },
  { name: 'two queues at once', share: sharePairs },
];

/** A getter that was left would take the item that is put in the end. */
function shareQueues(): Required<Shared> & { queues: Queue<number>[]; take(queue: Queue<number>): Promise<void> } {
  const queues = many(() => new Queue<number>());
  let [put, taken] = [0, 0];
  const putAll = (): void => {
    for (const queue of queues) queue.putNowait(0);
    put += queues.length;
  };
  return {
    queues,
    async take(queue) {
      await queue.get();
      taken += 1;
    },
    *wait(plan) {
      yield* on(pick(queues, plan.slot).get());
      taken += 1;
    },
    *supply() {
      putAll();
    },
    left() {
      putAll();
      return [...wrong(queues, (queue) => queue.empty(), 'a getter is left'), ...unbalanced(queues, put, taken)];
    },
  };
}

function unbalanced(queues: readonly Queue<number>[], put: number, taken: number): string[] {
  const kept = queues.reduce((total, queue) => total + queue.qsize(), 0);
  return put === taken + kept ? [] : [`${put} items were put, ${taken} taken, ${kept} are left`];
}

/** A putter that was left would fill the queue again. */
function shareSmallQueues(): Shared {
  const queues = many(() => new Queue<number>(1));
  let [put, taken] = [0, 0];
  return {
    *wait(plan) {
      yield* on(pick(queues, plan.slot).put(0));
      put += 1;
    },
    *supply() {
      for (const queue of queues) {
        if (queue.empty()) continue;
        queue.getNowait();
        taken += 1;
      }
    },
    left() {
      const balance = unbalanced(queues, put, taken);
      for (const queue of queues) if (!queue.empty()) queue.getNowait();
      return [...wrong(queues, (queue) => !queue.empty(), 'a putter is left'), ...balance];
    },
  };
}

function shareUnfinishedQueues(): Shared {
  const queues = many(() => new Queue<number>());
  const addWork = (queue: Queue<number>): void => {
    queue.putNowait(0);
    queue.getNowait();
  };
  for (const queue of queues) addWork(queue);
  return {
    wait: (plan) => on(pick(queues, plan.slot).join()),
    *supply(now) {
      const queue = pick(queues, now);
      queue.taskDone();
      addWork(queue);
    },
  };
}

/** Two waits of one task at once, whatever the gear of the task around them. */
function sharePairs(): Shared {
  const { queues, take, ...shared } = shareQueues();
  const takeTwo = coroutine(async (first: Queue<number>, second: Queue<number>) => {
    await Promise.all([take(first), take(second)]);
  });
  return {
    ...shared,
    wait: ({ slot }) => on(takeTwo(pick(queues, slot), pick(queues, slot + 1))),
  };
}
