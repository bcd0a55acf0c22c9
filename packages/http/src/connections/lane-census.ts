/** How many connections a session has open, and which of them has been idle longest. */

/** A connection, as the census sees it. */
export interface CountedLane {
  /** Ends it; the census is told by `gone`. */
  retire(): void;
}

/** Counts the connections of a session. Where one more would be too many, the one idle longest is ended. */
export class LaneCensus {
  readonly #most: number;
  #open = 0;
  /** In the order in which they became idle. */
  readonly #idle = new Set<CountedLane>();

  /** `most` connections; 0 is no bound. Whoever opens them keeps those in use at or below it. */
  constructor(most: number) {
    this.#most = most;
  }

  get open(): number {
    return this.#open;
  }

  /** One more is opened. */
  opened(): void {
    this.#open += 1;
    if (this.#most === 0 || this.#open <= this.#most) return;
    const [oldest] = this.#idle;
    oldest?.retire();
  }

  idle(lane: CountedLane): void {
    this.#idle.add(lane);
  }

  busy(lane: CountedLane): void {
    this.#idle.delete(lane);
  }

  gone(lane: CountedLane): void {
    this.#idle.delete(lane);
    this.#open -= 1;
  }
}
