/**
 * The lanes to one origin. undici's Pool would queue a request for a connection that it cannot take back, scan all its
 * clients for each request, and open a second connection for a request that comes in the moment in which the first is
 * about to be free; here a request goes to the lane that was free last, and bounds are kept above (slots.ts).
 */
import { Dispatcher, errors } from 'undici';
import type { Dialler } from './dial.ts';
import type { LaneCensus } from './lane-census.ts';
import { Lane, isLaneUser, type LaneOptions, type LaneOwner } from './lane.ts';

/** A dispatcher for one origin. */
export class OriginPool extends Dispatcher implements LaneOwner {
  readonly #origin: URL;
  readonly #dialler: Dialler;
  readonly #options: LaneOptions;
  readonly #census: LaneCensus;
  readonly #lanes = new Set<Lane>();
  /** Lanes with room, the one freed last at the end: it is the least likely to have been closed by the server. */
  readonly #free: Lane[] = [];

  constructor(origin: string | URL, dialler: Dialler, options: LaneOptions, census: LaneCensus) {
    super();
    this.#census = census;
    this.#origin = new URL(origin);
    this.#dialler = dialler;
    this.#options = options;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (!isLaneUser(handler)) throw new TypeError('an origin pool carries exchanges only');
    // Node's HTTP/2 never ends a connection's writing once a stream is reset that still sends its body, and nothing else in
    // the process runs. So a body is sent on a connection of its own, which ends with it if it is given up.
    const alone = this.#options.allowH2 && options.body !== null && options.body !== undefined;
    const lane = (handler.wantsFreshLane ? undefined : this.#takeFree(alone)) ?? this.#open(alone);
    return lane.carry(options, handler);
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
    // The Agent forgets a dispatcher that has disconnected and holds nothing.
    if (this.#lanes.size === 0)
      this.emit('disconnect', this.#origin, [this], new errors.InformationalError('no connection is left'));
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
    this.#census.opened();
    return lane;
  }

  override close(callback: () => void): void;
  override close(): Promise<void>;
  override close(callback?: () => void): Promise<void> | void {
    return this.#end(null, callback);
  }

  override destroy(error: Error | null, callback: () => void): void;
  override destroy(callback: () => void): void;
  override destroy(error: Error | null): Promise<void>;
  override destroy(): Promise<void>;
  override destroy(error?: Error | null | (() => void), callback?: () => void): Promise<void> | void {
    return typeof error === 'function' ? this.#end(null, error) : this.#end(error ?? null, callback);
  }

  #end(error: Error | null, callback: (() => void) | undefined): Promise<void> | void {
    const ended = this.#closeLanes(error);
    if (callback === undefined) return ended;
    void ended.then(callback);
  }

  async #closeLanes(error: Error | null): Promise<void> {
    const lanes = [...this.#lanes];
    this.#lanes.clear();
    for (const lane of lanes) this.#census.gone(lane);
    this.#free.length = 0;
    await Promise.all(lanes.map((lane) => lane.close(error)));
  }
}
