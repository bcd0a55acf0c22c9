/** One request's events on their way to the session's hooks and to the channels of `node:diagnostics_channel`. */
import { channel } from 'node:diagnostics_channel';
import { getEventLoop, type EventLoop } from 'cotask';
import { checkOptions, someFunction, type OptionRules } from '../check-options.ts';
import { InvalidOptionError } from '../errors/index.ts';
import type { TraceConfig, TraceEvent, TraceEventName, TraceFacts, TracedRequest } from './trace-config.ts';

const rules: OptionRules<TraceConfig> = {
  onRequestStart: someFunction,
  onRequestEnd: someFunction,
  onRequestException: someFunction,
  onRequestRedirect: someFunction,
  onRequestHeadersSent: someFunction,
  onRequestChunkSent: someFunction,
  onResponseChunkReceived: someFunction,
  onResponseEnd: someFunction,
  onConnectionQueuedStart: someFunction,
  onConnectionQueuedEnd: someFunction,
  onConnectionCreateStart: someFunction,
  onConnectionCreateEnd: someFunction,
  onConnectionReuse: someFunction,
  onDnsCacheHit: someFunction,
  onDnsCacheMiss: someFunction,
  onDnsResolveHostStart: someFunction,
  onDnsResolveHostEnd: someFunction,
};

const channels = {
  requestStart: channel('cotask:http:requestStart'),
  requestEnd: channel('cotask:http:requestEnd'),
  requestException: channel('cotask:http:requestException'),
  requestRedirect: channel('cotask:http:requestRedirect'),
  requestHeadersSent: channel('cotask:http:requestHeadersSent'),
  requestChunkSent: channel('cotask:http:requestChunkSent'),
  responseChunkReceived: channel('cotask:http:responseChunkReceived'),
  responseEnd: channel('cotask:http:responseEnd'),
  connectionQueuedStart: channel('cotask:http:connectionQueuedStart'),
  connectionQueuedEnd: channel('cotask:http:connectionQueuedEnd'),
  connectionCreateStart: channel('cotask:http:connectionCreateStart'),
  connectionCreateEnd: channel('cotask:http:connectionCreateEnd'),
  connectionReuse: channel('cotask:http:connectionReuse'),
  dnsCacheHit: channel('cotask:http:dnsCacheHit'),
  dnsCacheMiss: channel('cotask:http:dnsCacheMiss'),
  dnsResolveHostStart: channel('cotask:http:dnsResolveHostStart'),
  dnsResolveHostEnd: channel('cotask:http:dnsResolveHostEnd'),
};
const allChannels = Object.values(channels);

/** Hooks by the names of their events. */
type Hooks = { readonly [Name in TraceEventName]: ((event: TraceEvent & TraceFacts[Name]) => void) | undefined };

/** A session's hooks. */
export type TraceHooks = readonly Hooks[];

/** The option `traces`, checked. */
export function listTraces(traces: readonly TraceConfig[] | undefined): TraceHooks {
  if (traces === undefined) return [];
  if (!Array.isArray(traces)) throw new InvalidOptionError('traces must be a list of objects with hooks');
  return traces.map((trace: TraceConfig) => {
    checkOptions('a trace', trace, rules);
    return {
      requestStart: trace.onRequestStart,
      requestEnd: trace.onRequestEnd,
      requestException: trace.onRequestException,
      requestRedirect: trace.onRequestRedirect,
      requestHeadersSent: trace.onRequestHeadersSent,
      requestChunkSent: trace.onRequestChunkSent,
      responseChunkReceived: trace.onResponseChunkReceived,
      responseEnd: trace.onResponseEnd,
      connectionQueuedStart: trace.onConnectionQueuedStart,
      connectionQueuedEnd: trace.onConnectionQueuedEnd,
      connectionCreateStart: trace.onConnectionCreateStart,
      connectionCreateEnd: trace.onConnectionCreateEnd,
      connectionReuse: trace.onConnectionReuse,
      dnsCacheHit: trace.onDnsCacheHit,
      dnsCacheMiss: trace.onDnsCacheMiss,
      dnsResolveHostStart: trace.onDnsResolveHostStart,
      dnsResolveHostEnd: trace.onDnsResolveHostEnd,
    };
  });
}

/** Asked for every request. */
function someoneListens(): boolean {
  for (const one of allChannels) if (one.hasSubscribers) return true;
  return false;
}

let traced = 0;

/** Follows a request, where somebody wants to hear of it; else null. */
export function startTrace(hooks: TraceHooks, method: string, url: string, context: unknown): Trace | null {
  if (hooks.length === 0 && !someoneListens()) return null;
  traced += 1;
  return new Trace(hooks, { id: traced, method, url, context }, getEventLoop());
}

/** Tells of one request. */
export class Trace {
  readonly #hooks: TraceHooks;
  readonly #request: TracedRequest;
  readonly #loop: EventLoop;

  constructor(hooks: TraceHooks, request: TracedRequest, loop: EventLoop) {
    this.#hooks = hooks;
    this.#request = request;
    this.#loop = loop;
  }

  /** Tells of one event. */
  emit<Name extends TraceEventName>(name: Name, facts: TraceFacts[Name]): void {
    const event: TraceEvent & TraceFacts[Name] = { request: this.#request, time: this.#loop.time(), ...facts };
    for (const hooks of this.#hooks) this.#call(hooks[name], event);
    if (channels[name].hasSubscribers) channels[name].publish(event);
  }

  #call<Event>(hook: ((event: Event) => void) | undefined, event: Event): void {
    try {
      hook?.(event);
    } catch (error) {
      this.#loop.callExceptionHandler({ message: 'a hook of an HTTP session threw', exception: error });
    }
  }
}
