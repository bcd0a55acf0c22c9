/**
 * The lanes to one origin. undici's Pool would queue a request for a connection that it cannot take back, scan all its
 * clients for each request, and open a second connection for a request that comes in the moment in which the first is
 * about to be free; here a request goes to the lane that was free last, and bounds are kept above (slots.ts).
 */
import type { Dispatcher } from 'undici';
import type { Dialler } from './dial.ts';
import type { LaneCensus } from './lane-census.ts';
import { Lane, type LaneOptions, type LaneOwner, type LaneUser } from './lane.ts';

/** The connections to one origin. */
export class OriginPool implements LaneOwner {
  readonly #origin: string;
  readonly #dialler: Dialler;
  readonly #options: LaneOptions;
  readonly #census: LaneCensus;
  readonly #lanes = new Set<Lane>();
  /** Lanes with room, the one freed last at the end: it is the least likely to have been closed by the server. */
  readonly #free: Lane[] = [];

  readonly #onEmpty: () => void;

  /** `onEmpty` is called when the last connection has ended. */
  constructor(
    origin: string,
    { dialler, lanes, census }: { dialler: Dialler; lanes: LaneOptions; census: LaneCensus },
    onEmpty: () => void,
  ) {
    this.#census = census;
    this.#origin = origin;
    this.#dialler = dialler;
    this.#options = lanes;
    this.#onEmpty = onEmpty;
  }

  /** Sends a request on a connection that is free, or on a new one. */
  dispatch(options: Dispatcher.DispatchOptions, user: LaneUser): void {
    // Node's HTTP/2 never ends a connection's writing once a stream is reset that still sends its body, and nothing else in
    // the process runs. So a body is sent on a connection of its own, which ends with it if it is given up.
    const alone = this.#options.allowH2 && options.body !== null && options.body !== undefined;
    const lane = (user.wantsFreshLane ? undefined : this.#takeFree(alone)) ?? this.#open(alone);
    lane.carry(options, user);
  }

  laneFree(lane: Lane): void {
    if (!this.#lanes.has(lane)) return;
    if (lane.load === 0) this.#census.idle(lane);
    if (lane.listed) return;
    lane.listed = true;
    this.#free.push(lane);
  }

  laneGone(lane: Lane): void {
    if (this.#lanes.delete(lane)) this.#census.gone(lane);
    if (lane.listed) this.#free.splice(this.#free.lastIndexOf(lane), 1);
    lane.listed = false;
    if (this.#lanes.size === 0) this.#onEmpty();
  }

  #takeFree(alone: boolean): Lane | undefined {
    const lane = alone ? this.#free.findLast((free) => free.alone) : this.#free.at(-1);
    if (lane !== undefined) this.#census.busy(lane);
    if (lane !== undefined && lane.load + 1 >= lane.capacity) {
      this.#free.splice(this.#free.lastIndexOf(lane), 1);
      lane.listed = false;
    }
    return lane;
  }

  #open(alone: boolean): Lane {
    const lane = new Lane(this.#origin, this.#dialler, this.#options, this);
    lane.alone = alone;
    this.#lanes.add(lane);
    this.#census.opened(lane);
    return lane;
  }

  /** Ends every request and every connection; resolves when the last socket is closed. */
  async end(): Promise<void> {
    const lanes = [...this.#lanes];
    this.#lanes.clear();
    for (const lane of lanes) this.#census.gone(lane);
    this.#free.length = 0;
    await Promise.all(lanes.map((lane) => lane.close(null)));
  }
}
