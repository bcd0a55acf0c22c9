/**
 * Answers of name look-ups, kept for a while: `dns.lookup` takes a thread of four and asks anew each time. Who asks for a name
 * that is being looked up waits for that answer. Failures are not kept.
 */
import dns, { type LookupAddress, type LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { performance } from 'node:perf_hooks';

type Callback = Parameters<LookupFunction>[2];

/** Where an answer comes from: kept ones, or whoever is asked; `asked` where none are kept. */
export type LookupSource = 'hit' | 'miss' | 'asked';

/** A look-up that says where its answer comes from, before it gives it. */
export type TellingLookup = (
  hostname: string,
  options: LookupOptions,
  callback: Callback,
  tell?: (source: LookupSource) => void,
) => void;

interface Answer {
  readonly address: string | LookupAddress[];
  readonly family: number | undefined;
  readonly until: number;
}

/** `lookup`, or the platform's; `most` of its answers are kept for `ttl` milliseconds each, none for 0. */
export class LookupCache {
  readonly #ask: LookupFunction;
  readonly #ttl: number;
  readonly #most: number;
  /** By name and question; the oldest first. */
  readonly #answers = new Map<string, Answer>();
  readonly #asking = new Map<string, Callback[]>();

  constructor(lookup: LookupFunction | null, ttl: number, most: number) {
    this.#ask = lookup ?? dns.lookup;
    this.#ttl = ttl;
    this.#most = most;
  }

  readonly lookup: TellingLookup = (hostname, options, callback, tell) => {
    if (this.#ttl === 0) {
      tell?.('asked');
      return this.#ask(hostname, options, callback);
    }
    const key = keyOf(hostname, options);
    const known = this.#answers.get(key);
    if (known !== undefined && known.until > performance.now()) {
      tell?.('hit');
      return process.nextTick(() => callback(null, copyOf(known.address), known.family));
    }
    const waiting = this.#asking.get(key);
    // Who waits for somebody else's question asks none.
    tell?.(waiting === undefined ? 'miss' : 'hit');
    if (waiting === undefined) this.#begin(key, hostname, options, callback);
    else waiting.push(callback);
  };

  /** Forgets the answers for a name, or all. */
  clear(hostname: string | null): void {
    if (hostname === null) return this.#answers.clear();
    for (const key of this.#answers.keys()) if (key.startsWith(`${hostname} `)) this.#answers.delete(key);
  }

  #begin(key: string, hostname: string, options: LookupOptions, first: Callback): void {
    const waiting = [first];
    this.#asking.set(key, waiting);
    this.#ask(hostname, options, (error, address, family) => {
      this.#asking.delete(key);
      if (error === null || error === undefined)
        this.#keep(key, { address, family, until: performance.now() + this.#ttl });
      for (const callback of waiting) callback(error, typeof address === 'string' ? address : copyOf(address), family);
    });
  }

  #keep(key: string, answer: Answer): void {
    this.#answers.delete(key);
    this.#answers.set(key, answer);
    if (this.#answers.size <= this.#most) return;
    const [oldest] = this.#answers.keys();
    if (oldest !== undefined) this.#answers.delete(oldest);
  }
}

function keyOf(hostname: string, options: LookupOptions): string {
  return `${hostname} ${options.family ?? 0} ${options.hints ?? 0} ${options.all === true}`;
}

/** Who is given a list may change it. */
function copyOf(address: string | LookupAddress[]): string | LookupAddress[] {
  return Array.isArray(address) ? [...address] : address;
}
