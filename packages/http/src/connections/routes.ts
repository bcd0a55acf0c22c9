/** Ways to an origin other than the straight one: through a proxy, or with TLS options of a request's own. */
import { fixedBounds } from '../bounds.ts';
import type { TlsOptions } from './tls-options.ts';
import { OriginTable, type PoolFactory } from './origin-table.ts';
import type { ProxyServer } from './proxy.ts';

/** How a request goes; equal routes share connections. */
export interface Route {
  readonly proxy: ProxyServer | null;
  readonly tls: TlsOptions | null;
  /** The name that is asked for in the TLS handshake and looked for in the certificate; null is the URL's. */
  readonly serverHostname: string | null;
}

/** The origins of the routes that were taken. */
export class RouteTable {
  readonly #factoryFor: (route: Route) => PoolFactory;
  readonly #ways = new Map<string, OriginTable>();
  /** TLS options are told apart by identity: functions and keys cannot be compared. */
  readonly #names = new WeakMap<TlsOptions, number>();
  #named = 0;

  constructor(factoryFor: (route: Route) => PoolFactory) {
    this.#factoryFor = factoryFor;
  }

  originsFor(route: Route): OriginTable {
    const key = `${route.proxy?.key ?? ''} ${this.#nameOf(route.proxy?.tls)} ${this.#nameOf(route.tls)} ${route.serverHostname ?? ''}`;
    const known = this.#ways.get(key);
    if (known !== undefined) return known;
    if (this.#ways.size >= fixedBounds.routes) this.#dropIdle();
    const origins = new OriginTable(this.#factoryFor(route));
    this.#ways.set(key, origins);
    return origins;
  }

  /** Resolves when the last socket is closed. */
  async end(): Promise<void> {
    await Promise.all(Array.from(this.#ways.values(), (origins) => origins.end()));
  }

  /** Routes without a connection can be made anew. */
  #dropIdle(): void {
    for (const [key, origins] of this.#ways) if (origins.empty) this.#ways.delete(key);
  }

  #nameOf(tls: TlsOptions | null | undefined): number {
    if (tls === null || tls === undefined) return 0;
    const known = this.#names.get(tls);
    if (known !== undefined) return known;
    this.#named += 1;
    this.#names.set(tls, this.#named);
    return this.#named;
  }
}
