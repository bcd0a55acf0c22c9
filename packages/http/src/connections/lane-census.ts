/** How many connections a session has open, and which of them has been idle longest. */

/** A connection, as the census sees it. */
export interface CountedLane {
  /** When it became idle: the census's count then, 0 while it is in use. */
  idleSince: number;
  /** Ends it; the census is told by `gone`. */
  retire(): void;
}

/** Counts the connections of a session. Where one more would be too many, the one idle longest is ended. */
export class LaneCensus {
  readonly #most: number;
  readonly #lanes = new Set<CountedLane>();
  #turn = 0;

  /** `most` connections; 0 is no bound. Whoever opens them keeps those in use at or below it. */
  constructor(most: number) {
    this.#most = most;
  }

  get open(): number {
    return this.#lanes.size;
  }

  /** One more is opened, and is in use. */
  opened(lane: CountedLane): void {
    this.#lanes.add(lane);
    if (this.#most > 0 && this.#lanes.size > this.#most) this.#longestIdle()?.retire();
  }

  /** A new connection costs more than a look at all the others, a request that finds one costs less. */
  #longestIdle(): CountedLane | null {
    let longest: CountedLane | null = null;
    for (const lane of this.#lanes)
      if (lane.idleSince > 0 && lane.idleSince < (longest?.idleSince ?? Infinity)) longest = lane;
    return longest;
  }

  idle(lane: CountedLane): void {
    this.#turn += 1;
    lane.idleSince = this.#turn;
  }

  busy(lane: CountedLane): void {
    lane.idleSince = 0;
  }

  gone(lane: CountedLane): void {
    this.#lanes.delete(lane);
  }
}
