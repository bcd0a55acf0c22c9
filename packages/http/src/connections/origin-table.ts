/**
 * The pools of the origins that are spoken to over one route. undici's Agent would do; it looks at each request longer than
 * all that follows here.
 */
import { errors, type Dispatcher } from 'undici';
import type { LaneUser } from './lane.ts';
import type { OriginPool } from './origin-pool.ts';

/** Makes the pool of an origin; `onEmpty` is to be called when its last connection has ended. */
export type PoolFactory = (origin: string, onEmpty: () => void) => OriginPool;

/** Finds the pool for each request, and forgets one that holds no connection. */
export class OriginTable {
  readonly #make: PoolFactory;
  readonly #pools = new Map<string, OriginPool>();
  #ended = false;

  constructor(make: PoolFactory) {
    this.#make = make;
  }

  /** True while no connection is open. */
  get empty(): boolean {
    return this.#pools.size === 0;
  }

  /** Sends a request to its origin; the user hears of everything that happens to it. */
  dispatch(origin: string, options: Dispatcher.DispatchOptions, user: LaneUser): void {
    if (this.#ended) user.onResponseError(null, new errors.ClientDestroyedError());
    else (this.#pools.get(origin) ?? this.#open(origin)).dispatch(options, user);
  }

  #open(origin: string): OriginPool {
    const pool = this.#make(origin, () => this.#pools.delete(origin));
    this.#pools.set(origin, pool);
    return pool;
  }

  /** Ends every request and every connection; resolves when the last socket is closed. */
  async end(): Promise<void> {
    this.#ended = true;
    await Promise.all(Array.from(this.#pools.values(), (pool) => pool.end()));
  }
}
