/** What a session keeps of connections: undici's Agent over pools of our own, and the slots. */
import { Agent, type Dispatcher } from 'undici';
import { Dialler, type DialOptions } from './dial.ts';
import type { LaneOptions } from './lane.ts';
import { OriginPool } from './origin-pool.ts';
import { SlotTable } from './slots.ts';

/** How many at once. */
export interface ConnectorLimits {
  readonly limit: number;
  readonly limitPerHost: number;
}

/** The connections of one session (aiohttp's `TCPConnector`). */
export class Connector {
  readonly slots: SlotTable;
  readonly #agent: Agent;

  constructor(dial: DialOptions, lanes: LaneOptions, limits: ConnectorLimits) {
    const dialler = new Dialler(dial);
    this.#agent = new Agent({ factory: (origin) => new OriginPool(origin, dialler, lanes) });
    this.slots = new SlotTable(limits.limit, limits.limitPerHost);
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
