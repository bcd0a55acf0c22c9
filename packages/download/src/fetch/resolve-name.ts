/**
 * Host names to addresses, many at a time. Node's own `dns.lookup` asks the system in threads, two names at once, so a
 * list of many hosts would wait for names more than for files. This asks the name servers directly (c-ares), and the
 * system only where the servers are not the ones to ask: `localhost`, names without a dot, names of the hosts file, and
 * every name the servers do not know.
 *
 * Answers are kept for as long as the servers say, within bounds; names that do not exist are remembered too.
 */

import { lookup, Resolver } from 'node:dns/promises';
import type { LookupAddress, LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { getEventLoop } from 'cotask';
import type { EventLoop } from 'cotask';
import { systemCode } from '../errors.ts';

/** What a resolver is made of; all of it has defaults. */
export interface NameResolverOptions {
  /** Name servers as `address` or `address:port`; the system's if left out. */
  readonly servers?: readonly string[];
  /** Names that the hosts file knows, in lower case. */
  readonly hostsFile?: ReadonlySet<string>;
  /** Asks the system; `dns.lookup` if left out. */
  readonly askSystem?: (name: string) => Promise<LookupAddress[]>;
}

/** Bounds of an answer's life, in milliseconds. */
const SHORTEST_LIFE = 5_000;
const LONGEST_LIFE = 300_000;
const LIFE_OF_A_MISS = 30_000;
const LIFE_OF_A_FAILURE = 2_000;

/** Names remembered at once; the ones asked for longest ago go first. */
const MOST_NAMES = 10_000;

/** How long a whole answer waits for IPv6 addresses once IPv4 ones are there (RFC 8305 section 3). */
const RESOLUTION_DELAY = 50;

interface Answer {
  readonly addresses: readonly LookupAddress[];
  readonly error: Error | null;
  /** Milliseconds the answer may be used for. */
  readonly life: number;
}

interface Remembered {
  readonly answer: Promise<Answer>;
  /** By the loop's clock; Infinity while the answer is under way. */
  until: number;
}

/** Answers `lookup` as `node:net` asks it. */
export class NameResolver {
  /** Hand this to the session. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    this.#resolve(hostname.toLowerCase()).then(
      (answer) => reply(hostname, answer, options, callback),
      (error: unknown) => callback(asError(error), []),
    );
  };

  readonly #servers: Resolver;
  readonly #hostsFile: ReadonlySet<string>;
  readonly #askSystem: (name: string) => Promise<LookupAddress[]>;
  readonly #loop: EventLoop;
  readonly #names: Map<string, Remembered> = new Map();

  constructor(options: NameResolverOptions = {}) {
    this.#servers = new Resolver({ timeout: 2_000, tries: 3 });
    if (options.servers !== undefined) this.#servers.setServers(options.servers);
    this.#hostsFile = options.hostsFile ?? new Set();
    this.#askSystem = options.askSystem ?? ((name) => lookup(name, { all: true, verbatim: true }));
    this.#loop = getEventLoop();
  }

  /** Gives up what is under way. */
  close(): void {
    this.#servers.cancel();
    this.#names.clear();
  }

  #resolve(name: string): Promise<Answer> {
    const known = this.#names.get(name);
    if (known !== undefined && known.until > this.#loop.time()) return known.answer;
    const entry: Remembered = { answer: this.#ask(name), until: Infinity };
    this.#names.delete(name);
    this.#names.set(name, entry);
    this.#forgetOldest();
    void entry.answer.then(({ life }) => {
      entry.until = this.#loop.time() + life;
    });
    return entry.answer;
  }

  #forgetOldest(): void {
    if (this.#names.size <= MOST_NAMES) return;
    for (const name of this.#names.keys()) {
      this.#names.delete(name);
      return;
    }
  }

  async #ask(name: string): Promise<Answer> {
    if (belongsToSystem(name, this.#hostsFile)) return this.#fromSystem(name);
    const answer = await this.#fromServers(name);
    return answer.addresses.length > 0 ? answer : this.#fromSystem(name);
  }

  async #fromServers(name: string): Promise<Answer> {
    const six = this.#addresses(6, () => this.#servers.resolve6(name, { ttl: true }));
    const four = await this.#addresses(4, () => this.#servers.resolve4(name, { ttl: true }));
    if (four.addresses.length === 0) return six;
    return join(four, await Promise.race([six, this.#afterDelay()]));
  }

  async #addresses(family: 4 | 6, ask: () => Promise<{ address: string; ttl: number }[]>): Promise<Answer> {
    try {
      const records = await ask();
      const life = Math.min(...records.map(({ ttl }) => ttl * 1000), LONGEST_LIFE);
      return {
        addresses: records.map(({ address }) => ({ address, family })),
        error: null,
        life: Math.max(SHORTEST_LIFE, life),
      };
    } catch (error) {
      return failed(error);
    }
  }

  async #fromSystem(name: string): Promise<Answer> {
    try {
      return { addresses: await this.#askSystem(name), error: null, life: LONGEST_LIFE };
    } catch (error) {
      return failed(error);
    }
  }

  #afterDelay(): Promise<Answer> {
    return new Promise((resolve) => {
      this.#loop.callLater(RESOLUTION_DELAY, () => resolve({ addresses: [], error: null, life: SHORTEST_LIFE }));
    });
  }
}

/** True for names that the name servers are not asked for. */
function belongsToSystem(name: string, hostsFile: ReadonlySet<string>): boolean {
  return !name.includes('.') || name.endsWith('.localhost') || name.endsWith('.local') || hostsFile.has(name);
}

function join(four: Answer, six: Answer): Answer {
  const life = six.addresses.length > 0 ? Math.min(four.life, six.life) : four.life;
  return { addresses: [...four.addresses, ...six.addresses], error: null, life };
}

function failed(error: unknown): Answer {
  const missing = systemCode(error) === 'ENOTFOUND' || systemCode(error) === 'ENODATA';
  return { addresses: [], error: asError(error), life: missing ? LIFE_OF_A_MISS : LIFE_OF_A_FAILURE };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

type Callback = Parameters<LookupFunction>[2];

function reply(hostname: string, answer: Answer, options: LookupOptions, callback: Callback): void {
  const family =
    options.family === 4 || options.family === 'IPv4' ? 4 : options.family === 6 || options.family === 'IPv6' ? 6 : 0;
  const addresses = answer.addresses.filter((address) => family === 0 || address.family === family);
  const [first] = addresses;
  if (first === undefined) return callback(answer.error ?? noAddress(hostname), []);
  if (options.all === true) return callback(null, addresses);
  callback(null, first.address, first.family);
}

function noAddress(hostname: string): Error {
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), {
    code: 'ENOTFOUND',
    errno: -3008,
    syscall: 'getaddrinfo',
    hostname,
  });
}
