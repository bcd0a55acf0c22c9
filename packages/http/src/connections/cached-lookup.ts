/**
 * Answers of name look-ups, kept for a while: `dns.lookup` takes a thread of four and asks anew each time. Who asks for a name
 * that is being looked up waits for that answer. Failures are not kept.
 */
import dns, { type LookupAddress, type LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { performance } from 'node:perf_hooks';
import { fixedBounds } from '../bounds.ts';

type Callback = Parameters<LookupFunction>[2];

interface Answer {
  readonly address: string | LookupAddress[];
  readonly family: number | undefined;
  readonly until: number;
}

/** `lookup`, or the platform's; its answers hold for `ttl` milliseconds, 0 for none. */
export function cachedLookup(lookup: LookupFunction | null, ttl: number): LookupFunction {
  const ask: LookupFunction = lookup ?? dns.lookup;
  return ttl === 0 ? ask : new LookupCache(ask, ttl).lookup;
}

class LookupCache {
  readonly #ask: LookupFunction;
  readonly #ttl: number;
  /** The oldest first. */
  readonly #answers = new Map<string, Answer>();
  readonly #asking = new Map<string, Callback[]>();

  constructor(ask: LookupFunction, ttl: number) {
    this.#ask = ask;
    this.#ttl = ttl;
  }

  readonly lookup: LookupFunction = (hostname, options, callback) => {
    const key = keyOf(hostname, options);
    const known = this.#answers.get(key);
    if (known !== undefined && known.until > performance.now()) {
      process.nextTick(() => callback(null, copyOf(known.address), known.family));
      return;
    }
    const waiting = this.#asking.get(key);
    if (waiting === undefined) this.#begin(key, hostname, options, callback);
    else waiting.push(callback);
  };

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
    if (this.#answers.size <= fixedBounds.dnsEntries) return;
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
