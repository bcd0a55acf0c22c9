/** Connections and the bounds on them: pools of undici's Clients, and the slots (aiohttp's `TCPConnector`). */
import { coroutine, fromPromise, type Coroutine } from 'cotask';
import type { Dispatcher } from 'undici';
import { defaultBounds, fixedBounds } from '../bounds.ts';
import { checkOptions } from '../check-options.ts';
import { checkConnection, connectorRules, type ConnectorOptions } from './connector-options.ts';
import type { HoldTime } from '../bodies/content-decoder.ts';
import { LookupCache } from './cached-lookup.ts';
import { Dialler, type DialOptions, type HttpVersions } from './dial.ts';
import { GivenDispatcher } from './given-dispatcher.ts';
import { InvalidOptionError, SessionClosedError } from '../errors/index.ts';
import type { LaneOptions, LaneUser } from './lane.ts';
import { LaneCensus } from './lane-census.ts';
import { OriginPool } from './origin-pool.ts';
import { OriginTable } from './origin-table.ts';
import { RouteTable, type Route } from './routes.ts';
import { SlotTable } from './slots.ts';

const keepAliveDefault = 15_000;
const dnsCacheDefault = 10_000;

const closeConnector = coroutine(function* (connector: Connector) {
  yield* fromPromise(connector.end());
});

/** Who holds a connection that is no request any more: a WebSocket. @internal */
export interface Guest {
  /** Ends it; resolves when its socket is closed. */
  end(): Promise<void>;
}

/** A request, as undici takes it, and where it goes. @internal */
export interface OriginOptions extends Dispatcher.DispatchOptions {
  readonly origin: string;
}

/**
 * Connections, and how many there may be. A session makes its own from its options; one that is given to several sessions is
 * shared by them and closed by who made it.
 */
export class Connector implements AsyncDisposable {
  /** @internal */
  readonly slots: SlotTable;
  /** @internal */
  readonly guests: Set<Guest> = new Set();
  /** @internal */
  readonly publicAddressesOnly: boolean;
  /** Lets time stand still while the thread pool is at work, where time is not real. @internal */
  readonly holdTime: HoldTime | null = null;
  readonly #names: LookupCache;
  readonly #origins: OriginTable;
  readonly #routes: RouteTable;
  readonly #given: GivenDispatcher | null;
  readonly #onlyHttp2: boolean;
  #closed = false;

  /** @throws {InvalidOptionError} for an option that does not exist or cannot be. */
  constructor(options: ConnectorOptions = {}) {
    checkOptions('Connector', options, connectorRules);
    checkConnection(options);
    this.#names = makeLookupCache(options);
    const dial = dialOptions(options, this.#names.lookup);
    const dialler = new Dialler(dial);
    const lanes = laneOptions(options);
    const census = new LaneCensus(options.maxConnections ?? defaultBounds.maxConnections);
    this.#origins = new OriginTable((origin, onEmpty) => new OriginPool(origin, { dialler, lanes, census }, onEmpty));
    this.#routes = new RouteTable(({ proxy, tls, serverHostname }) => {
      const named = serverHostname === null ? null : { servername: serverHostname };
      const dialler = new Dialler({ ...dial, proxy, tls: { ...dial.tls, ...tls, ...named } });
      return (origin, onEmpty) => new OriginPool(origin, { dialler, lanes, census }, onEmpty);
    });
    this.#given = options.dispatcher === undefined ? null : new GivenDispatcher(options.dispatcher);
    this.#onlyHttp2 = lanes.versions === 'http2';
    this.publicAddressesOnly = dial.addresses.publicAddressesOnly;
    this.slots = new SlotTable(mostInFlight(options), options.limitPerHost ?? defaultBounds.limitPerHost);
  }

  /** True after `close()` was called. */
  get closed(): boolean {
    return this.#closed;
  }

  /** @internal */
  dispatch(options: OriginOptions, user: LaneUser, route: Route | null): void {
    if (this.#given !== null) {
      if (route !== null)
        throw new InvalidOptionError('a request over a dispatcher that was given takes no proxy or tls');
      if (user.continueWatcher !== null)
        throw new InvalidOptionError('a request over a dispatcher that was given takes no expect100');
      this.#given.dispatch(options, user);
      return;
    }
    if (this.#onlyHttp2 && options.origin.startsWith('http:') && route?.proxy?.socks === null)
      throw new InvalidOptionError(
        "version '2' and a proxy exclude each other for http URLs: the proxy speaks HTTP/1.1",
      );
    const isHttp1s = user.continueWatcher !== null || typeof options.upgrade === 'string';
    if (this.#onlyHttp2 && isHttp1s)
      throw new InvalidOptionError("version '2' speaks HTTP/2 alone; expect100 and WebSockets need HTTP/1.1");
    const origins = route === null ? this.#origins : this.#routes.originsFor(route);
    origins.dispatch(options.origin, options, user);
  }

  /** Forgets the addresses that are kept of a host, or of all; connections stay. */
  clearDnsCache(hostname?: string): void {
    this.#names.clear(hostname ?? null);
  }

  /** Ends every request on it, those that wait for a slot included, and closes every connection. */
  close(): Coroutine<void> {
    return closeConnector(this);
  }

  /** `close()`. */
  [Symbol.asyncDispose](): Coroutine<void> {
    return this.close();
  }

  /** @internal Ends everything; resolves when the last socket is closed. */
  async end(): Promise<void> {
    this.#closed = true;
    this.slots.failAll(new SessionClosedError(nobody));
    this.#given?.end();
    const guests = [...this.guests].map((guest) => guest.end());
    await Promise.all([...guests, this.#origins.end(), this.#routes.end()]);
  }
}

/** Who waits for a slot says which request it was. */
const nobody = { method: '', url: '' };

function makeLookupCache({ lookup, dnsCacheTtl, maxDnsEntries }: ConnectorOptions): LookupCache {
  const ttl = dnsCacheTtl ?? (lookup === undefined ? dnsCacheDefault : 0);
  return new LookupCache(lookup ?? null, ttl, maxDnsEntries ?? defaultBounds.maxDnsEntries);
}

function dialOptions(options: ConnectorOptions, lookup: DialOptions['lookup']): DialOptions {
  return {
    lookup,
    family: options.family ?? 0,
    autoSelectFamily: options.autoSelectFamily ?? true,
    attemptTimeout: options.autoSelectFamilyAttemptTimeout ?? null,
    localAddress: options.localAddress ?? null,
    socketPath: options.socketPath ?? null,
    tls: options.tls ?? {},
    proxy: null,
    addresses: {
      publicAddressesOnly: options.publicAddressesOnly ?? false,
      maxDnsAnswers: options.maxDnsAnswers ?? defaultBounds.maxDnsAnswers,
    },
  };
}

function versionsOf({ allowH2, version }: ConnectorOptions): HttpVersions {
  if (version === '2') return 'http2';
  return allowH2 === true ? 'both' : 'http1';
}

function laneOptions(options: ConnectorOptions): LaneOptions {
  const keepAliveTimeout = options.keepAliveTimeout ?? keepAliveDefault;
  return {
    maxHeaderSize: options.maxHeaderSize ?? defaultBounds.maxHeaderSize,
    keepAlive: options.keepAlive ?? true,
    keepAliveTimeout,
    keepAliveMaxTimeout: options.keepAliveMaxTimeout ?? keepAliveTimeout,
    versions: versionsOf(options),
    maxStreams: fixedBounds.streams,
  };
}

/** No more requests than connections: one that found all of them in use could only wait, and waiting is the slots' business. */
function mostInFlight(options: ConnectorOptions): number {
  const limit = options.limit ?? defaultBounds.limit;
  const maxConnections = options.maxConnections ?? defaultBounds.maxConnections;
  if (limit === 0 || maxConnections === 0) return limit + maxConnections;
  return Math.min(limit, maxConnections);
}
