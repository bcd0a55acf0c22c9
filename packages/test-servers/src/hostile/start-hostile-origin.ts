import { ConditionWaiters } from '../condition-waiters.ts';
import type { Exchange, HostileRequest } from './exchange.ts';
import type { HostilePlay } from './hostile-case.ts';
import { hostilePlays } from './hostile-cases.ts';
import { RawServer } from './raw-server.ts';

/** Which URL of a case. */
export interface HostileUrlOptions {
  /** After so many requests for this URL it is served in good form ({@link goodBody}). Default: never. */
  readonly goodAfter?: number;
  /** Told apart from other tests that use the same case: attempts are counted for each URL. */
  readonly key?: string;
}

/**
 * Two servers on bare sockets: one plays the cases, the other answers everything well and sees what redirects carry to
 * it.
 */
export interface HostileOrigin extends AsyncDisposable {
  /** `http://127.0.0.1:43211`, without a slash at the end. */
  readonly url: string;
  readonly otherUrl: string;
  /** Open now, at both. */
  readonly connections: number;
  /** @throws RangeError when there is no such case. */
  urlOf(name: string, options?: HostileUrlOptions): string;
  /** What was asked, all of it or of one case, oldest first. */
  requests(name?: string): readonly HostileRequest[];
  /** What the other origin was asked. */
  otherRequests(): readonly HostileRequest[];
  /** Resolves when exactly `count` connections are open. */
  waitForConnections(count: number): Promise<void>;
  /** Destroys every connection and stops listening. May be called more than once. */
  close(): Promise<void>;
}

/**
 * Starts the origin that does wrong whatever an origin can do wrong: one path for each of {@link hostileCases}.
 *
 * ```ts
 * import { startHostileOrigin } from '@cotask/test-servers';
 *
 * await using origin = await startHostileOrigin();
 * const signal = AbortSignal.timeout(100);
 * await fetch(origin.urlOf('header-trickle'), { signal }).catch((error: Error) => console.log(error.name)); // TimeoutError
 * await origin.waitForConnections(0); // and it has let go of its socket
 * ```
 */
export async function startHostileOrigin(): Promise<HostileOrigin> {
  const origin = new HostilePair();
  await origin.start();
  return origin;
}

class HostilePair implements HostileOrigin {
  readonly #waiters = new ConditionWaiters();
  readonly #hostile = new RawServer((exchange) => play(exchange), this.#waiters);
  readonly #other = new RawServer((exchange) => exchange.answer(), this.#waiters);
  #closing: Promise<void> | null = null;

  async start(): Promise<void> {
    await this.#other.start(() => this.url);
    await this.#hostile.start(() => this.otherUrl);
  }

  get url(): string {
    return this.#hostile.url;
  }

  get otherUrl(): string {
    return this.#other.url;
  }

  get connections(): number {
    return this.#hostile.sockets.size + this.#other.sockets.size;
  }

  urlOf(name: string, { goodAfter, key }: HostileUrlOptions = {}): string {
    if (!playsByName.has(name)) throw new RangeError(`There is no hostile case "${name}".`);
    const query = [
      ...(goodAfter === undefined ? [] : [`good-after=${goodAfter}`]),
      ...(key === undefined ? [] : [`key=${encodeURIComponent(key)}`]),
    ];
    return `${this.url}/${name}${query.length === 0 ? '' : `?${query.join('&')}`}`;
  }

  requests(name?: string): readonly HostileRequest[] {
    return name === undefined
      ? this.#hostile.requests
      : this.#hostile.requests.filter((request) => request.name === name);
  }

  otherRequests(): readonly HostileRequest[] {
    return this.#other.requests;
  }

  waitForConnections(count: number): Promise<void> {
    return this.#waiters.until(`${count} connections open`, () => this.connections === count);
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #shutDown(): Promise<void> {
    await Promise.all([this.#hostile.close(), this.#other.close()]);
    await this.waitForConnections(0);
    this.#waiters.failAll();
  }
}

const playsByName: ReadonlyMap<string, HostilePlay> = new Map(hostilePlays.map((entry) => [entry.name, entry]));

function play(exchange: Exchange): void | Promise<void> {
  const { name, target, attempt } = exchange.request;
  const goodAfter = /[?&]good-after=(\d+)/.exec(target)?.[1];
  if (goodAfter !== undefined && attempt > Number(goodAfter)) return exchange.answer();
  const entry = playsByName.get(name);
  if (entry === undefined) return exchange.answer({ status: 404, body: `There is no hostile case "${name}".\n` });
  return entry.play(exchange);
}
