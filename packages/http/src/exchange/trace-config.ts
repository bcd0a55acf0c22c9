/** What a session tells of its requests (aiohttp's `TraceConfig`): the events, and what each carries. */
import type { ClientResponse } from '../response/client-response.ts';
import type { RedirectRecord } from '../errors/index.ts';
import type { HeaderFields } from '../message/request-headers.ts';
import type { RequestTimings } from './request-timings.ts';

/** The request that an event belongs to: one object for all its events, redirects included. */
export interface TracedRequest {
  /** Counts the requests of the process that were traced. */
  readonly id: number;
  readonly method: string;
  /** The URL asked for first, without user name, password and fragment. */
  readonly url: string;
  /** What the caller gave as `context` (aiohttp's `trace_request_ctx`). */
  readonly context: unknown;
}

/** What every event carries. */
export interface TraceEvent {
  readonly request: TracedRequest;
  /** The loop's time, in milliseconds. */
  readonly time: number;
}

/** What the events carry besides. */
export interface TraceFacts {
  /** The request was checked and begins. */
  requestStart: { readonly headers: HeaderFields };
  /** The head of the final response is there. */
  requestEnd: { readonly response: ClientResponse };
  /** The request failed, or was cancelled, before it had a response to hand over. */
  requestException: { readonly error: unknown };
  /** A redirect is about to be followed. */
  requestRedirect: { readonly redirect: RedirectRecord; readonly url: string };
  /** The head of a hop goes out; `headers` is flat: name, value, name, value. */
  requestHeadersSent: { readonly method: string; readonly url: string; readonly headers: readonly string[] };
  /** A piece of the body went out. */
  requestChunkSent: { readonly bytes: number };
  /** A piece of a response's body came. */
  responseChunkReceived: { readonly chunk: Uint8Array };
  /** A hop is over, its body included; `error` is null when it came whole. */
  responseEnd: {
    readonly url: string;
    readonly error: unknown;
    readonly bytes: number;
    readonly timings: RequestTimings;
  };
  /** A hop waits for a slot of the session. */
  connectionQueuedStart: { readonly origin: string };
  /** It has one. */
  connectionQueuedEnd: { readonly origin: string };
  /** A connection is being made. */
  connectionCreateStart: { readonly origin: string };
  /** It is there. */
  connectionCreateEnd: { readonly origin: string };
  /** A connection that was there is used. */
  connectionReuse: { readonly origin: string };
  /** The addresses of a name are known. */
  dnsCacheHit: { readonly origin: string };
  /** They are not, and will be kept. */
  dnsCacheMiss: { readonly origin: string };
  /** A name is being looked up. */
  dnsResolveHostStart: { readonly origin: string };
  /** It was found. */
  dnsResolveHostEnd: { readonly origin: string };
}

/** The events by their names. */
export type TraceEventName = keyof TraceFacts;

/**
 * Functions that are told of a session's requests as they happen (aiohttp's `TraceConfig`). They run inside the sockets'
 * callbacks and must be quick; what they throw goes to the loop's exception handler.
 *
 * The same events are published on channels of `node:diagnostics_channel`, named `cotask:http:` and the event's name.
 */
export type TraceConfig = {
  readonly [Name in TraceEventName as `on${Capitalize<Name>}`]?:
    | ((event: TraceEvent & TraceFacts[Name]) => void)
    | undefined;
};
