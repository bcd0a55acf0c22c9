/**
 * A connection that is being made to a server that may choose HTTP/2. Requests that come meanwhile wait for what it chooses:
 * with HTTP/2 they share the connection, with HTTP/1.1 the first takes it and the others are sent elsewhere.
 */
import net, { type Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import type { Dialler, DialTarget, HttpVersions } from './dial.ts';
import type { Carrier, LaneUser, PooledLane } from './lane.ts';

/** A request that waits for the connection. */
export interface Waiter {
  readonly options: Dispatcher.DispatchOptions;
  readonly user: LaneUser;
}

/** Who asked for the connection. */
export interface NegotiationOwner {
  /** It is there, for those who still wait; at least one does. */
  negotiated(negotiation: Negotiation, socket: Socket, waiters: readonly Waiter[]): void;
  laneFull(lane: PooledLane): void;
  laneGone(lane: PooledLane): void;
}

/** One connection until it is there. */
export class Negotiation implements PooledLane {
  listed = false;
  idleSince = 0;
  readonly capacity: number;
  readonly #origin: URL;
  readonly #dialler: Dialler;
  readonly #versions: HttpVersions;
  readonly #owner: NegotiationOwner;
  readonly #places = new Set<Place>();
  #dialling: Socket | null = null;
  #over = false;

  /** `capacity` requests may wait for it. */
  constructor(origin: string, dialler: Dialler, versions: HttpVersions, capacity: number, owner: NegotiationOwner) {
    this.#origin = new URL(origin);
    this.#dialler = dialler;
    this.#versions = versions;
    this.capacity = capacity;
    this.#owner = owner;
  }

  get load(): number {
    return this.#places.size;
  }

  carry(options: Dispatcher.DispatchOptions, user: LaneUser): void {
    const place = new Place(this, options, user);
    this.#places.add(place);
    user.onLane(place);
    if (this.#dialling !== null) user.onJoining();
    else {
      user.onConnecting();
      this.#dial(user);
    }
  }

  /** The connection is the maker's: nobody else is told how far it is. */
  #dial(maker: LaneUser): void {
    const [first] = this.#places;
    this.#dialling = this.#dialler.dial(targetOf(this.#origin, this.#versions), {
      onStep: (step) => {
        if (first !== undefined && this.#places.has(first)) maker.onConnectStep(step);
      },
      onLookup: (source) => {
        if (first !== undefined && this.#places.has(first)) maker.onLookup(source);
      },
      done: (error, socket) => {
        if (error === null) this.#made(socket);
        else this.#failed(error);
      },
    });
  }

  #made(socket: Socket): void {
    if (this.#over) return;
    if (this.#versions === 'http2' && isHttp2(socket) === false) {
      socket.destroy();
      return this.#failed(new NoHttp2());
    }
    this.#over = true;
    const waiters = [...this.#places];
    this.#places.clear();
    this.#owner.negotiated(this, socket, waiters);
  }

  #failed(error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#owner.laneGone(this);
    for (const { user } of this.#places) user.onResponseError(null, error);
  }

  leave(place: Place): void {
    if (!this.#places.delete(place) || this.#over) return;
    if (this.#places.size === 0) this.retire();
  }

  retire(): void {
    if (this.#over) return;
    this.#over = true;
    this.#owner.laneGone(this);
    void this.close(null);
  }

  async close(error: Error | null): Promise<void> {
    this.#over = true;
    const dialling = this.#dialling;
    dialling?.destroy();
    if (error !== null) for (const { user } of this.#places) user.onResponseError(null, error);
    if (dialling !== null && !dialling.closed)
      await new Promise<void>((resolve) => dialling.once('close', () => resolve()));
  }
}

/** True for a connection on which HTTP/2 was chosen; null where nothing can be chosen. */
export function isHttp2(socket: Socket): boolean | null {
  if (!('alpnProtocol' in socket)) return null;
  return socket.alpnProtocol === 'h2';
}

/** The server was offered nothing but HTTP/2 and did not take it. */
class NoHttp2 extends Error {
  constructor() {
    super('the server does not speak HTTP/2');
  }
}

class Place implements Carrier, Waiter {
  readonly version = '1.1';
  readonly used = false;
  readonly reset = false;
  readonly alert = null;
  readonly options: Dispatcher.DispatchOptions;
  readonly user: LaneUser;
  readonly #negotiation: Negotiation;

  constructor(negotiation: Negotiation, options: Dispatcher.DispatchOptions, user: LaneUser) {
    this.#negotiation = negotiation;
    this.options = options;
    this.user = user;
  }

  started(): void {}

  leave(): void {
    this.#negotiation.leave(this);
  }
}

function targetOf({ hostname, protocol, port }: URL, versions: HttpVersions): DialTarget {
  const address = hostname.replace(/^\[|\]$/gu, '');
  return { hostname: net.isIPv6(address) ? address : hostname, protocol, port, versions };
}
