/** What a session keeps of connections: undici's Agent over pools of our own, and the slots. */
import { Agent, type Dispatcher } from 'undici';
import { Dialler, type DialOptions } from './dial.ts';
import type { LaneOptions } from './lane.ts';
import { LaneCensus } from './lane-census.ts';
import { OriginPool } from './origin-pool.ts';
import { SlotTable } from './slots.ts';

/** How many at once. */
export interface ConnectorLimits {
  readonly limit: number;
  readonly limitPerHost: number;
  readonly maxConnections: number;
}

/** The connections of one session (aiohttp's `TCPConnector`). */
export class Connector {
  readonly slots: SlotTable;
  readonly #agent: Agent;

  constructor(dial: DialOptions, lanes: LaneOptions, limits: ConnectorLimits) {
    const dialler = new Dialler(dial);
    const census = new LaneCensus(limits.maxConnections);
    this.#agent = new Agent({ factory: (origin) => new OriginPool(origin, dialler, lanes, census) });
    this.slots = new SlotTable(mostInFlight(limits), limits.limitPerHost);
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#agent.dispatch(options, handler);
  }

  /** Ends what waits for a slot with `error`, and what is on a connection; resolves when the last socket is closed. */
  async close(error: Error): Promise<void> {
    this.slots.failAll(error);
    await this.#agent.destroy();
  }
}

/** No more requests than connections: one that found all of them in use could only wait, and waiting is the slots' business. */
function mostInFlight({ limit, maxConnections }: ConnectorLimits): number {
  if (limit === 0 || maxConnections === 0) return limit + maxConnections;
  return Math.min(limit, maxConnections);
}
