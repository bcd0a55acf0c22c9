/**
 * Who may request next. Two limits hold, one for all requests and one for each host, and a host may be parked because
 * it asked to be left alone. A list is often sorted by host, so lines are read ahead while turns are idle, up to a
 * window, and wait in a queue of their host: a slow or parked host holds up its own lines and not the lines behind them.
 *
 * A line is in the window from `add` to `settle`. To request it holds a turn, from `begin` or `again` to `release` (or to
 * `exchange`, for the next line); a line that waits before its next try holds none. Hosts take turns one after the other; of one host's lines, those that were
 * tried before go first.
 *
 * Whoever waits here waits in a wait queue of the kernel, so that a cancelled waiter leaves no turn behind.
 */

import { getEventLoop } from 'cotask';
import type { EventLoop, Future, TimerHandle } from 'cotask';
import { WaitQueue } from 'cotask/lowlevel';
import { Fifo } from './fifo.ts';
import { HostBacklog } from './host-backlog.ts';
import type { LineCodec } from './host-backlog.ts';

/** What the queues need to know of a line. */
export interface Queued {
  readonly host: string;
  readonly href: string;
}

/** The bounds. */
export interface HostQueueLimits {
  /** Turns held at once. */
  readonly limit: number;
  /** Turns held at once for one host. */
  readonly limitPerHost: number;
  /** Lines in the window. */
  readonly windowLines: number;
  /** Characters of URLs in the window. */
  readonly windowCharacters: number;
}

/** The window of a download: about 2 MB of ordinary lines, never more than about 20. */
export const WINDOW: Pick<HostQueueLimits, 'windowLines' | 'windowCharacters'> = {
  windowLines: 16_384,
  windowCharacters: 16 * 1024 * 1024,
};

/** Lines that wait while every turn is taken, so that the list is read a good piece at a time. */
const RESERVE = 256;

/** How long nothing begins when the system has no more file handles, in milliseconds. */
const PAUSE = 200;

interface HostState<T> {
  readonly host: string;
  /** Turns held. */
  active: number;
  /** Lines that were not requested yet. */
  readonly fresh: HostBacklog<T>;
  /** Lines that wait for the turn of another try. */
  readonly retrying: WaitQueue;
  parked: TimerHandle | null;
  parkedUntil: number;
  /** True while the host stands in the round of hosts with fresh lines. */
  inFresh: boolean;
  /** True while the host stands in the round of hosts with lines that try again. */
  inRetrying: boolean;
}

/** The lines of a download by host, and the turns. */
export class HostQueues<T extends Queued> {
  readonly #limits: HostQueueLimits;
  readonly #codec: LineCodec<T>;
  readonly #begin: (entry: T) => void;
  readonly #loop: EventLoop;
  readonly #hosts: Map<string, HostState<T>> = new Map();
  /** Hosts that could use a turn, in the order in which they get one; one that cannot any more falls out when met. */
  readonly #freshRound: Fifo<HostState<T>> = new Fifo();
  readonly #retryRound: Fifo<HostState<T>> = new Fifo();
  readonly #feeders: WaitQueue = new WaitQueue();
  readonly #watchers: WaitQueue = new WaitQueue();
  #limit: number;
  #active = 0;
  /** Runs while no request may begin, because the system has no more file handles. */
  #pause: TimerHandle | null = null;
  #fresh = 0;
  #freshCharacters = 0;
  #lines = 0;
  #characters = 0;

  /**
   * @param codec How lines are written down while there are many of one host.
   * @param begin Called with each line when it has the turn for its first request; must not wait, and must not call back.
   */
  constructor(limits: HostQueueLimits, codec: LineCodec<T>, begin: (entry: T) => void) {
    this.#limits = limits;
    this.#codec = codec;
    this.#begin = begin;
    this.#limit = limits.limit;
    this.#loop = getEventLoop();
  }

  /** Turns held now. */
  get active(): number {
    return this.#active;
  }

  /** True while lines are read only to find other hosts; there is no hurry then. */
  get isReadingAhead(): boolean {
    return this.#fresh > RESERVE;
  }

  /** Lines in the window. */
  get lines(): number {
    return this.#lines;
  }

  /** The limit of all turns as it stands: lower than asked for once the system ran out of file handles. */
  get limit(): number {
    return this.#limit;
  }

  /**
   * True if another line should come: a small reserve waits in any case, and while turns are idle the lines of other
   * hosts are looked for. A line that is larger than the window has room in an empty one.
   */
  hasRoom(): boolean {
    if (this.#lines === 0) return true;
    if (this.#lines >= this.#limits.windowLines || this.#characters >= this.#limits.windowCharacters) return false;
    return this.#active < this.#limit || this.#fresh < RESERVE;
  }

  /** Waits for room; look again afterwards. */
  roomFreed(): Future<void> {
    return this.#feeders.wait('room in the window of lines');
  }

  /** Puts a line into the window, at the end of its host's queue. */
  add(entry: T): void {
    const state = this.#stateOf(entry.host);
    state.fresh.push(entry);
    this.#fresh++;
    this.#freshCharacters += entry.href.length;
    this.#lines++;
    this.#characters += entry.href.length;
    this.#enterRounds(state);
    this.#deal();
  }

  /** Drops the lines that were not requested yet; gives their number. */
  drop(): number {
    const dropped = this.#fresh;
    for (const state of this.#hosts.values()) {
      state.fresh.clear();
      this.#forget(state);
    }
    this.#characters -= this.#freshCharacters;
    this.#lines -= dropped;
    this.#fresh = this.#freshCharacters = 0;
    if (this.#lines === 0) this.#watchers.wakeAll();
    return dropped;
  }

  /** Waits for the turn of another try. */
  again(host: string): Future<void> {
    const state = this.#stateOf(host);
    const turn = state.retrying.wait(`a turn for ${host}`);
    this.#enterRounds(state);
    this.#deal();
    return turn;
  }

  /** Gives a turn back. */
  release(host: string): void {
    const state = this.#giveBack(host);
    this.#deal();
    this.#forget(state);
    this.#callFeeder();
  }

  /** Gives a turn back and takes the turn of the next fresh line, if there is one that may have it. */
  exchange(host: string): T | undefined {
    const state = this.#giveBack(host);
    this.#dealRetrying();
    const next = this.#takeFresh();
    this.#deal();
    this.#forget(state);
    this.#callFeeder();
    return next;
  }

  /** Lets no request to the host begin for so many milliseconds; a longer parking that stands already is kept. */
  park(host: string, milliseconds: number): void {
    const state = this.#stateOf(host);
    const until = this.#loop.time() + milliseconds;
    if (until <= state.parkedUntil) return;
    state.parked?.cancel();
    state.parkedUntil = until;
    state.parked = this.#loop.callLater(milliseconds, () => this.#unpark(state));
  }

  /** Takes a line out of the window: it has become a file or a failure. */
  settle(entry: T): void {
    this.#lines--;
    this.#characters -= entry.href.length;
    this.#callFeeder();
    if (this.#lines === 0) this.#watchers.wakeAll();
  }

  /** Waits until no line is in the window; look first whether there is one. */
  drained(): Future<void> {
    return this.#watchers.wait('the lines under way');
  }

  /**
   * The system has no more file handles: half as many requests at once from now on, and none begins for a moment, or
   * every line of the window would fail for the same reason. Failures that come together count once.
   */
  lowerLimit(): void {
    if (this.#pause !== null) return;
    this.#limit = Math.max(1, Math.floor(Math.min(this.#limit, this.#active) / 2));
    this.#pause = this.#loop.callLater(PAUSE, () => {
      this.#pause = null;
      this.#deal();
    });
  }

  /** Ends its timers. */
  close(): void {
    this.#pause?.cancel();
    for (const state of this.#hosts.values()) state.parked?.cancel();
  }

  #callFeeder(): void {
    if (this.#feeders.size > 0 && this.#wantsFeeding()) this.#feeders.wakeOne();
  }

  /** Later than there is room, so that the feeder brings a good number of lines each time it is called. */
  #wantsFeeding(): boolean {
    if (!this.hasRoom()) return false;
    const { windowLines, windowCharacters } = this.#limits;
    if (this.#lines === 0 || this.#fresh < RESERVE / 2) return true;
    return (
      this.#active < this.#limit && this.#lines < windowLines - RESERVE && this.#characters < windowCharacters * 0.9
    );
  }

  #giveBack(host: string): HostState<T> {
    const state = this.#stateOf(host);
    state.active--;
    this.#active--;
    this.#enterRounds(state);
    return state;
  }

  /** Hands out what turns there are: first to lines that try again, then to fresh ones. */
  #deal(): void {
    this.#dealRetrying();
    for (let entry = this.#takeFresh(); entry !== undefined; entry = this.#takeFresh()) this.#begin(entry);
  }

  #dealRetrying(): void {
    while (this.#hasTurn()) {
      const state = this.#firstRetrying();
      if (state === undefined) return;
      if (state.retrying.wakeOne()) this.#hold(state);
      this.#enterRounds(state);
    }
  }

  #hasTurn(): boolean {
    return this.#active < this.#limit && this.#pause === null;
  }

  #takeFresh(): T | undefined {
    const state = this.#hasTurn() ? this.#firstWithFresh() : undefined;
    if (state === undefined) return undefined;
    const entry = state.fresh.shift();
    if (entry === undefined) return undefined;
    this.#fresh--;
    this.#freshCharacters -= entry.href.length;
    this.#hold(state);
    this.#enterRounds(state);
    return entry;
  }

  #hold(state: HostState<T>): void {
    state.active++;
    this.#active++;
  }

  #firstWithFresh(): HostState<T> | undefined {
    for (let state = this.#freshRound.shift(); state !== undefined; state = this.#freshRound.shift()) {
      state.inFresh = false;
      if (state.fresh.size > 0 && this.#canUseTurn(state)) return state;
    }
    return undefined;
  }

  #firstRetrying(): HostState<T> | undefined {
    for (let state = this.#retryRound.shift(); state !== undefined; state = this.#retryRound.shift()) {
      state.inRetrying = false;
      if (state.retrying.size > 0 && this.#canUseTurn(state)) return state;
    }
    return undefined;
  }

  #canUseTurn(state: HostState<T>): boolean {
    return state.parked === null && state.active < this.#limits.limitPerHost;
  }

  #enterRounds(state: HostState<T>): void {
    if (!this.#canUseTurn(state)) return;
    if (!state.inFresh && state.fresh.size > 0) {
      state.inFresh = true;
      this.#freshRound.push(state);
    }
    if (!state.inRetrying && state.retrying.size > 0) {
      state.inRetrying = true;
      this.#retryRound.push(state);
    }
  }

  #unpark(state: HostState<T>): void {
    state.parked = null;
    this.#enterRounds(state);
    this.#deal();
    this.#forget(state);
  }

  #stateOf(host: string): HostState<T> {
    let state = this.#hosts.get(host);
    if (state === undefined) {
      state = {
        host,
        active: 0,
        fresh: new HostBacklog(host, this.#codec),
        retrying: new WaitQueue(),
        parked: null,
        parkedUntil: -Infinity,
        inFresh: false,
        inRetrying: false,
      };
      this.#hosts.set(host, state);
    }
    return state;
  }

  /** A host without lines is forgotten, or a list of a million hosts would fill the memory. */
  #forget(state: HostState<T>): void {
    if (state.active > 0 || state.parked !== null || state.fresh.size > 0 || state.retrying.size > 0) return;
    this.#hosts.delete(state.host);
  }
}
