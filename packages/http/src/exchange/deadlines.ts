/**
 * The deadlines of one request. They stand on the loop's timers, so that virtual time moves them; undici's own are coarse
 * below two seconds and know nothing of a request's total.
 */
import type { EventLoop } from 'cotask';
import type { Timeouts } from './client-timeout.ts';
import { DeadlineEntry, deadlineQueue, type DeadlineQueue } from './deadline-queue.ts';
import type { DeadlineName } from '../errors/index.ts';

/** The queues for a set of timeouts on one loop; null where there is no deadline. */
export type DeadlineQueues = { readonly [Name in DeadlineName]: DeadlineQueue | null };

/** Finds the queues; they are the same for all requests with these timeouts. */
export function deadlineQueues(loop: EventLoop, timeouts: Timeouts): DeadlineQueues {
  const queueFor = (span: number | null): DeadlineQueue | null => (span === null ? null : deadlineQueue(loop, span));
  return {
    total: queueFor(timeouts.total),
    connect: queueFor(timeouts.connect),
    sockConnect: queueFor(timeouts.sockConnect),
    tlsHandshake: queueFor(timeouts.tlsHandshake),
    firstByte: queueFor(timeouts.firstByte),
    sockRead: queueFor(timeouts.sockRead),
    minThroughput: queueFor(timeouts.minThroughput === null ? null : timeouts.throughputWindow),
  };
}

/** Told that a deadline passed. */
export interface DeadlineOwner {
  /** `moved` is how many bytes of a body came or went in the last window of `minThroughput`. */
  expire(deadline: DeadlineName, moved: number): void;
}

/** The deadlines of a request; each can be started, started anew and stopped. */
export class Deadlines {
  readonly #queues: DeadlineQueues;
  readonly #owner: DeadlineOwner;
  #total: Entry | null = null;
  #connect: Entry | null = null;
  #sockConnect: Entry | null = null;
  #tlsHandshake: Entry | null = null;
  #firstByte: Entry | null = null;
  #sockRead: Entry | null = null;
  #throughput: ThroughputEntry | null = null;
  /** The bytes that each window of `minThroughput` must see. */
  readonly #leastMoved: number;

  constructor(queues: DeadlineQueues, owner: DeadlineOwner, timeouts: Timeouts) {
    this.#queues = queues;
    this.#leastMoved = ((timeouts.minThroughput ?? 0) * timeouts.throughputWindow) / 1000;
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

  startTlsHandshake(): void {
    this.#tlsHandshake = this.#start(this.#tlsHandshake, 'tlsHandshake');
  }

  startFirstByte(): void {
    this.#firstByte = this.#start(this.#firstByte, 'firstByte');
  }

  stopFirstByte(): void {
    this.#firstByte = this.#stop(this.#firstByte);
  }

  startSockRead(): void {
    this.#sockRead = this.#start(this.#sockRead, 'sockRead');
  }

  /** A body is under way, in either direction; a window that runs already goes on. */
  startThroughput(): void {
    const queue = this.#queues.minThroughput;
    if (queue === null || this.#throughput !== null) return;
    this.#throughput = new ThroughputEntry(queue, this.#owner, this.#leastMoved);
    queue.start(this.#throughput);
  }

  stopThroughput(): void {
    this.#throughput = this.#stop(this.#throughput);
  }

  /** Bytes went one way or the other: `sockRead` begins anew, where it runs. `moved` are those of a body. */
  touch(moved: number): void {
    if (this.#sockRead !== null) this.#queues.sockRead?.start(this.#sockRead);
    if (this.#throughput !== null) this.#throughput.moved += moved;
  }

  /** There is a connection. */
  stopConnecting(): void {
    this.#connect = this.#stop(this.#connect);
    this.#sockConnect = this.#stop(this.#sockConnect);
    this.#tlsHandshake = this.#stop(this.#tlsHandshake);
  }

  /** The reader holds the body back, or nobody reads it: the server's silence fails nothing. */
  stopIdling(): void {
    this.#sockRead = this.#stop(this.#sockRead);
    this.stopThroughput();
  }

  /** Stops what belongs to one hop; `total` runs on through redirects. */
  stopHop(): void {
    this.stopConnecting();
    this.stopFirstByte();
    this.stopIdling();
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

  #stop(entry: Entry | ThroughputEntry | null): null {
    entry?.queue.delete(entry);
    return null;
  }
}

class Entry extends DeadlineEntry {
  readonly name: DeadlineName;
  readonly queue: DeadlineQueue;
  readonly owner: DeadlineOwner;

  constructor(name: DeadlineName, queue: DeadlineQueue, owner: DeadlineOwner) {
    super();
    this.name = name;
    this.queue = queue;
    this.owner = owner;
  }

  expire(): void {
    this.owner.expire(this.name, 0);
  }
}

/** A window of `minThroughput`: when enough went, another one begins. */
class ThroughputEntry extends DeadlineEntry {
  moved = 0;
  readonly queue: DeadlineQueue;
  readonly owner: DeadlineOwner;
  readonly least: number;

  constructor(queue: DeadlineQueue, owner: DeadlineOwner, least: number) {
    super();
    this.queue = queue;
    this.owner = owner;
    this.least = least;
  }

  expire(): void {
    const { moved } = this;
    this.moved = 0;
    if (moved < this.least) this.owner.expire('minThroughput', moved);
    else this.queue.start(this);
  }
}
