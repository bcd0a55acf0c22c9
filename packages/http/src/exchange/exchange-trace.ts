/** What is told of one exchange, where somebody wants to hear of it. */
import type { LookupSource } from '../connections/cached-lookup.ts';
import type { ConnectStep } from '../connections/dial.ts';
import type { ExchangePlan } from './exchange-plan.ts';
import type { Trace } from './trace.ts';

/** The events of one hop on the wire. */
export class ExchangeTrace {
  readonly trace: Trace;
  readonly #plan: ExchangePlan;
  #connecting = false;
  /** A name is being asked for, and not found in the cache. */
  #asking = false;

  constructor(trace: Trace, plan: ExchangePlan) {
    this.trace = trace;
    this.#plan = plan;
  }

  connecting(): void {
    this.trace.emit('connectionCreateStart', { origin: this.#plan.origin });
  }

  lookup(source: LookupSource): void {
    const facts = { origin: this.#plan.origin };
    if (source !== 'asked') this.trace.emit(source === 'hit' ? 'dnsCacheHit' : 'dnsCacheMiss', facts);
    this.#asking = source !== 'hit';
    if (this.#asking) this.trace.emit('dnsResolveHostStart', facts);
  }

  step(step: ConnectStep): void {
    this.#connecting = true;
    if (step === 'resolving' || !this.#asking) return;
    this.#asking = false;
    this.trace.emit('dnsResolveHostEnd', { origin: this.#plan.origin });
  }

  sent(headers: readonly string[]): void {
    const { origin, line } = this.#plan;
    this.trace.emit(this.#connecting ? 'connectionCreateEnd' : 'connectionReuse', { origin });
    this.trace.emit('requestHeadersSent', { method: line.method, url: line.url, headers });
    this.#connecting = false;
  }
}
