/**
 * The lanes to one origin. undici's Pool would queue a request for a connection that it cannot take back, scan all its
 * clients for each request, and open a second connection for a request that comes in the moment in which the first is
 * about to be free; here a request goes to the lane that was free last, and bounds are kept above (slots.ts).
 */
import type { Socket } from 'node:net';
import { errors, type Dispatcher } from 'undici';
import type { Dialler } from './dial.ts';
import { valueOf } from './http2-fields.ts';
import { Http2Lane } from './http2-lane.ts';
import type { LaneCensus } from './lane-census.ts';
import { Lane, type LaneOptions, type LaneOwner, type LaneUser, type PooledLane } from './lane.ts';
import { isHttp2, Negotiation, type NegotiationOwner, type Waiter } from './negotiation.ts';

/** The connections to one origin. */
export class OriginPool implements LaneOwner, NegotiationOwner {
  readonly #origin: string;
  readonly #dialler: Dialler;
  readonly #options: LaneOptions;
  readonly #census: LaneCensus;
  readonly #lanes = new Set<PooledLane>();
  /** Lanes with room, the one freed last at the end: it is the least likely to have been closed by the server. */
  readonly #free: PooledLane[] = [];
  readonly #onEmpty: () => void;
  readonly #mayBeHttp2: boolean;
  /** The server chose HTTP/1.1 when it last had the choice: nobody waits for what it will choose. */
  #choseHttp1 = false;

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
    // Over plain TCP there is nothing to choose: HTTP/2 is spoken there only where nothing else may be.
    this.#mayBeHttp2 = lanes.versions === 'http2' || (lanes.versions === 'both' && origin.startsWith('https:'));
  }

  /** Sends a request on a connection that has room, or on a new one. */
  dispatch(options: Dispatcher.DispatchOptions, user: LaneUser): void {
    const onlyHttp1 = this.#mayBeHttp2 && this.#needsHttp1(options, user);
    const lane = user.wantsFreshLane || onlyHttp1 ? undefined : this.#takeFree();
    (lane ?? (onlyHttp1 || !this.#mayBeHttp2 ? this.#openHttp1() : this.#negotiate())).carry(options, user);
  }

  /** An upgrade is none of HTTP/2's; a host that is not the URL's is asked for in TLS by undici alone. */
  #needsHttp1({ headers }: Dispatcher.DispatchOptions, user: LaneUser): boolean {
    if (this.#options.versions === 'http2') return false;
    if (user.wantsHttp1) return true;
    const host = Array.isArray(headers) ? valueOf(headers.map(String), 'host') : undefined;
    return host !== undefined && !this.#origin.endsWith(`//${host}`);
  }

  laneFree(lane: PooledLane): void {
    if (!this.#lanes.has(lane)) return;
    if (lane.load === 0) this.#census.idle(lane);
    if (lane.listed) return;
    lane.listed = true;
    this.#free.push(lane);
  }

  laneFull(lane: PooledLane): void {
    if (!lane.listed) return;
    lane.listed = false;
    if (this.#free.at(-1) === lane) this.#free.pop();
    else this.#free.splice(this.#free.lastIndexOf(lane), 1);
  }

  laneGone(lane: PooledLane): void {
    if (this.#lanes.delete(lane)) this.#census.gone(lane);
    this.laneFull(lane);
    if (this.#lanes.size === 0) this.#onEmpty();
  }

  laneLeft(options: Dispatcher.DispatchOptions, user: LaneUser): void {
    this.dispatch(options, user);
  }

  #takeFree(): PooledLane | undefined {
    const lane = this.#free.at(-1);
    if (lane === undefined) return undefined;
    this.#census.busy(lane);
    if (lane.load + 1 >= lane.capacity) this.laneFull(lane);
    return lane;
  }

  #openHttp1(): Lane {
    const lane = new Lane(this.#origin, this.#dialler, this.#options, this);
    this.#lanes.add(lane);
    this.#census.opened(lane);
    return lane;
  }

  #negotiate(): Negotiation {
    const { versions, maxStreams, keepAlive } = this.#options;
    const room = keepAlive && !this.#choseHttp1 ? maxStreams : 1;
    const negotiation = new Negotiation(this.#origin, this.#dialler, versions, room, this);
    this.#lanes.add(negotiation);
    this.#census.opened(negotiation);
    if (room > 1) this.laneFree(negotiation);
    this.#census.busy(negotiation);
    return negotiation;
  }

  negotiated(negotiation: Negotiation, socket: Socket, waiters: readonly Waiter[]): void {
    const speaksHttp2 = isHttp2(socket) ?? true;
    this.#choseHttp1 = !speaksHttp2;
    const lane = speaksHttp2
      ? new Http2Lane(this.#origin, socket, this.#options, this)
      : new Lane(this.#origin, this.#dialler, this.#options, this, socket);
    this.#lanes.add(lane);
    this.laneGone(negotiation);
    this.#census.opened(lane);
    for (const { options, user } of waiters) {
      if (lane.load < lane.capacity) lane.carry(options, user);
      else this.dispatch(options, user);
    }
    if (speaksHttp2 && lane.load < lane.capacity) this.laneFree(lane);
  }

  /** Ends every request and every connection; resolves when the last socket is closed. */
  async end(): Promise<void> {
    const lanes = [...this.#lanes];
    this.#lanes.clear();
    for (const lane of lanes) this.#census.gone(lane);
    this.#free.length = 0;
    await Promise.all(lanes.map((lane) => lane.close(new errors.ClientDestroyedError())));
  }
}
