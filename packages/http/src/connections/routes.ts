/** Ways to an origin other than the straight one: through a proxy, or with TLS options of a request's own. */
import { Agent } from 'undici';
import { fixedBounds } from '../bounds.ts';
import type { TlsOptions } from './tls-options.ts';
import type { OriginPool } from './origin-pool.ts';
import type { ProxyServer } from './proxy.ts';

/** How a request goes; equal routes share connections. */
export interface Route {
  readonly proxy: ProxyServer | null;
  readonly tls: TlsOptions | null;
  /** The name that is asked for in the TLS handshake and looked for in the certificate; null is the URL's. */
  readonly serverHostname: string | null;
}

/** Makes the pools of a route. */
export type PoolFactory = (origin: string | URL) => OriginPool;

interface Way {
  readonly agent: Agent;
  readonly pools: Set<OriginPool>;
}

/** The agents of the routes that were taken. */
export class RouteTable {
  readonly #factoryFor: (route: Route) => PoolFactory;
  readonly #ways = new Map<string, Way>();
  /** TLS options are told apart by identity: functions and keys cannot be compared. */
  readonly #names = new WeakMap<TlsOptions, number>();
  #named = 0;

  constructor(factoryFor: (route: Route) => PoolFactory) {
    this.#factoryFor = factoryFor;
  }

  agentFor(route: Route): Agent {
    const key = `${route.proxy?.key ?? ''} ${this.#nameOf(route.proxy?.tls)} ${this.#nameOf(route.tls)} ${route.serverHostname ?? ''}`;
    const known = this.#ways.get(key);
    if (known !== undefined) return known.agent;
    if (this.#ways.size >= fixedBounds.routes) this.#dropIdle();
    const make = this.#factoryFor(route);
    const pools = new Set<OriginPool>();
    const agent = new Agent({
      factory: (origin) => {
        const pool = make(origin);
        pools.add(pool);
        pool.on('disconnect', () => pools.delete(pool));
        return pool;
      },
    });
    this.#ways.set(key, { agent, pools });
    return agent;
  }

  /** Resolves when the last socket is closed. */
  async destroy(): Promise<void> {
    await Promise.all(Array.from(this.#ways.values(), ({ agent }) => agent.destroy()));
  }

  /** Routes without a connection can be made anew. */
  #dropIdle(): void {
    for (const [key, { pools }] of this.#ways) if (pools.size === 0) this.#ways.delete(key);
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
