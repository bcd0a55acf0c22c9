/**
 * The deadlines of one request. They stand on the loop's timers, so that virtual time moves them; undici's own are coarse
 * below two seconds and know nothing of a request's total.
 */
import type { EventLoop } from 'cotask';
import type { Timeouts } from './client-timeout.ts';
import { deadlineQueue, type DeadlineEntry, type DeadlineQueue } from './deadline-queue.ts';
import type { DeadlineName } from './errors.ts';

/** The queues for a set of timeouts on one loop; null where there is no deadline. */
export type DeadlineQueues = { readonly [Name in DeadlineName]: DeadlineQueue | null };

/** Finds the queues; they are the same for all requests with these timeouts. */
export function deadlineQueues(loop: EventLoop, timeouts: Timeouts): DeadlineQueues {
  const queueFor = (span: number | null): DeadlineQueue | null => (span === null ? null : deadlineQueue(loop, span));
  return {
    total: queueFor(timeouts.total),
    connect: queueFor(timeouts.connect),
    sockConnect: queueFor(timeouts.sockConnect),
    sockRead: queueFor(timeouts.sockRead),
  };
}

/** Told that a deadline passed. */
export interface DeadlineOwner {
  expire(deadline: DeadlineName): void;
}

/** The four deadlines of a request; each can be started, started anew and stopped. */
export class Deadlines {
  readonly #queues: DeadlineQueues;
  readonly #owner: DeadlineOwner;
  #total: Entry | null = null;
  #connect: Entry | null = null;
  #sockConnect: Entry | null = null;
  #sockRead: Entry | null = null;

  constructor(queues: DeadlineQueues, owner: DeadlineOwner) {
    this.#queues = queues;
    this.#owner = owner;
  }

  startTotal(): void {
    this.#total = this.#start(this.#total, 'total');
  }

  startConnect(): void {
    this.#connect = this.#start(this.#connect, 'connect');
  }

  startSockConnect(): void {
    this.#sockConnect = this.#start(this.#sockConnect, 'sockConnect');
  }

  startSockRead(): void {
    this.#sockRead = this.#start(this.#sockRead, 'sockRead');
  }

  /** A byte went one way or the other: `sockRead` begins anew, where it runs. */
  touch(): void {
    if (this.#sockRead !== null) this.#queues.sockRead?.start(this.#sockRead);
  }

  /** There is a connection. */
  stopConnecting(): void {
    this.#connect = this.#stop(this.#connect);
    this.#sockConnect = this.#stop(this.#sockConnect);
  }

  stopSockRead(): void {
    this.#sockRead = this.#stop(this.#sockRead);
  }

  /** Stops what belongs to one hop; `total` runs on through redirects. */
  stopHop(): void {
    this.stopConnecting();
    this.stopSockRead();
  }

  stopAll(): void {
    this.#total = this.#stop(this.#total);
    this.stopHop();
  }

  #start(entry: Entry | null, name: DeadlineName): Entry | null {
    const queue = this.#queues[name];
    if (queue === null) return null;
    const started = entry ?? new Entry(name, queue, this.#owner);
    queue.start(started);
    return started;
  }

  #stop(entry: Entry | null): null {
    entry?.queue.delete(entry);
    return null;
  }
}

class Entry implements DeadlineEntry {
  when = 0;
  readonly name: DeadlineName;
  readonly queue: DeadlineQueue;
  readonly owner: DeadlineOwner;

  constructor(name: DeadlineName, queue: DeadlineQueue, owner: DeadlineOwner) {
    this.name = name;
    this.queue = queue;
    this.owner = owner;
  }

  expire(): void {
    this.owner.expire(this.name);
  }
}
