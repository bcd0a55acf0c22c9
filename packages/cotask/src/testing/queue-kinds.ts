/** What the contract of awaitables needs to know of a queue's waits, the same for every class of queue. */
import type { Queue } from '../queues/queue.ts';
import { atOnce } from './awaitable-contract.ts';
import type { AwaitableKind } from './awaitable-contract.ts';

/** A class of queue. */
export type QueueClass = new (maxsize?: number) => Queue<string>;

/** A get from an empty queue. */
export const getting = (Class: QueueClass): AwaitableKind => ({
  value: 'item',
  make() {
    const queue = new Class();
    return {
      wait: () => queue.get(),
      complete: atOnce(() => queue.putNowait('item')),
      end: () => takeAll(queue),
      left: () => (queue.empty() ? [] : [`${queue.qsize()} items`]),
    };
  },
});

/** A put into a full queue. */
export const putting = (Class: QueueClass): AwaitableKind => ({
  value: 'undefined',
  make() {
    const queue = new Class(1);
    queue.putNowait('first');
    return {
      wait: () => queue.put('item'),
      complete: atOnce(() => queue.getNowait()),
      end: () => takeAll(queue),
      // Room that was promised to a putter which is gone would make an empty queue a full one.
      left: () => (queue.full() || !queue.empty() ? ['a full queue'] : []),
    };
  },
});

/** A join of a queue with an item whose work is not done. */
export const joining = (Class: QueueClass): AwaitableKind => ({
  value: 'undefined',
  make() {
    const queue = new Class();
    queue.putNowait('item');
    queue.getNowait();
    return { wait: () => queue.join(), complete: atOnce(() => queue.taskDone()) };
  },
});

function takeAll(queue: Queue<string>): void {
  while (!queue.empty()) queue.getNowait();
}
