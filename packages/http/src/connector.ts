/** What a session keeps of connections: undici's Agent over pools of our own, the slots, and what is in flight. */
import { Agent, type Dispatcher } from 'undici';
import { Dialler, type DialOptions } from './dial.ts';
import type { RequestLine } from './errors.ts';
import type { LaneOptions } from './lane.ts';
import { OriginPool } from './origin-pool.ts';
import { SlotTable } from './slots.ts';

/** How many at once. */
export interface ConnectorLimits {
  readonly limit: number;
  readonly limitPerHost: number;
}

/** Something that ends when its session does. */
export interface InFlight {
  readonly line: RequestLine;
  fail(error: Error): void;
}

/** The connections of one session (aiohttp's `TCPConnector`). */
export class Connector {
  readonly slots: SlotTable;
  readonly #agent: Agent;
  readonly #inFlight = new Set<InFlight>();

  constructor(dial: DialOptions, lanes: LaneOptions, limits: ConnectorLimits) {
    const dialler = new Dialler(dial);
    this.#agent = new Agent({ factory: (origin) => new OriginPool(origin, dialler, lanes) });
    this.slots = new SlotTable(limits.limit, limits.limitPerHost);
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#agent.dispatch(options, handler);
  }

  begin(request: InFlight): void {
    this.#inFlight.add(request);
  }

  end(request: InFlight): void {
    this.#inFlight.delete(request);
  }

  /** Ends everything with errors that `errorFor` makes; resolves when the last socket is closed. */
  async close(errorFor: (line: RequestLine) => Error): Promise<void> {
    this.slots.failAll(errorFor({ method: '', url: '' }));
    for (const request of [...this.#inFlight]) request.fail(errorFor(request.line));
    await this.#agent.destroy();
  }
}
