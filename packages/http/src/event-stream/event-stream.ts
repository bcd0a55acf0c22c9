/**
 * Server-sent events with the reconnecting of the standard (WHATWG HTML, section 9.2): a stream that ends or breaks off is
 * asked for again, from the last event that had an id.
 */
import { coroutine, getEventLoop, type Awaitable, type Coroutine, type GeneratorBody } from 'cotask';
import { onAbort, park } from 'cotask/lowlevel';
import { byteBound, checkOptions, someText, trueOrFalse, type OptionRule } from '../check-options.ts';
import type { ClientResponse } from '../response/client-response.ts';
import {
  BodyExpansionError,
  ClientConnectionError,
  ClientPayloadError,
  ClientResponseError,
  ContentTypeError,
  EventTooLargeError,
  NonPublicAddressError,
  ResponseClosedError,
  SessionClosedError,
  UnreadableBodyError,
} from '../errors/index.ts';
import { EventReader, type EventStreamState, type ServerSentEvent } from './event-reader.ts';
import { hasHeader, listHeaders, type HeaderFields } from '../message/request-headers.ts';
import { checkRequestOptions, type RequestOptions } from '../request/session-options.ts';

/** Options of `session.events()`: those of a request, and these. */
export interface EventStreamOptions extends RequestOptions {
  /** Default GET. */
  method?: string | undefined;
  /** False ends with the first connection. Default: true for a GET. */
  reconnect?: boolean | undefined;
  /** Milliseconds before a new connection, until the server says (`retry:`). Default 3000. */
  retry?: number | undefined;
  /** The most that is waited, whatever the server says and however often it failed. Default 30,000. */
  maxRetry?: number | undefined;
  /** Connections in a row that bring no event, before the last one's error is thrown; Infinity for no bound. Default 10. */
  maxFailures?: number | undefined;
  /** The most characters of one event; Infinity for no bound. Default 1 MiB. */
  maxEventSize?: number | undefined;
  /** Where to go on: sent as `Last-Event-ID`. */
  lastEventId?: string | undefined;
}

/** How a session sends. @internal */
export type SendRequest = (method: string, url: string | URL, options: RequestOptions) => Coroutine<ClientResponse>;

const defaultRetry = 3000;
const defaultMaxRetry = 30_000;
const defaultMaxFailures = 10;
const defaultMaxEventSize = 1024 * 1024;

/** Statuses of a server that may be there again in a moment; every other but 200 and 204 is an answer. */
const passing = new Set([429, 500, 502, 503, 504]);

const span: OptionRule = (value) =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? null : 'must be a number of milliseconds';
const count: OptionRule = (value) =>
  value === Infinity || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1)
    ? null
    : 'must be a whole number of at least 1, or Infinity';

const readNext = coroutine((stream: EventStream) => stream.next());

/**
 * The events of a server, one after the other: `for await (const event of session.events(url))`, or `yield* stream.read()`.
 * Nothing is sent until the first is asked for. A stream has one reader; leaving the loop closes it.
 */
export class EventStream implements AsyncIterable<ServerSentEvent>, AsyncDisposable {
  readonly #send: SendRequest;
  readonly #url: string | URL;
  readonly #plan: Plan;
  readonly #state: EventStreamState;
  #response: ClientResponse | null = null;
  #reader: EventReader | null = null;
  /** The URL that answered last. */
  #answeredBy = '';
  #failures = 0;
  #connections = 0;
  #closed = false;
  /** Ends the pause before a new connection. */
  #wake: (() => void) | null = null;
  #stopWaiting: (() => void) | null = null;

  /** @internal */
  constructor(send: SendRequest, url: string | URL, options: EventStreamOptions) {
    this.#send = send;
    this.#url = url;
    this.#plan = makePlan(options);
    this.#state = { lastEventId: options.lastEventId ?? '', retry: null };
  }

  /** The id from which a new connection would go on; `''` when the server gave none. */
  get lastEventId(): string {
    return this.#state.lastEventId;
  }

  /** Connections that were answered so far. */
  get connections(): number {
    return this.#connections;
  }

  /** True when no event comes any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * The next event; null when the server has ended the stream for good (status 204, or no reconnecting).
   * @throws {ClientError} of the first connection, of an answer that is no event stream, or of the last of `maxFailures`
   *   connections; {@link EventTooLargeError}.
   */
  read(): Coroutine<ServerSentEvent | null> {
    return readNext(this);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ServerSentEvent, void, void> {
    try {
      for (let event = await this.read(); event !== null; event = await this.read()) yield event;
    } finally {
      this.close();
    }
  }

  /** Ends the connection; nothing more comes. */
  close(): void {
    this.#closed = true;
    this.#response?.close();
    this.#response = null;
    this.#reader = null;
    this.#wake?.();
  }

  /** `close()`. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  /** @internal */
  *next(): GeneratorBody<ServerSentEvent | null> {
    try {
      while (!this.#closed) {
        const event = yield* this.#tryNext();
        if (event !== null) return event;
        if (!this.#closed) yield* this.#pause();
      }
      return null;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** An event, or null where the connection has ended. */
  *#tryNext(): GeneratorBody<ServerSentEvent | null> {
    try {
      this.#reader ??= yield* this.#connect();
      const event = yield* this.#reader.next();
      if (event !== null) this.#failures = 0;
      else this.#end(null);
      return event;
    } catch (error) {
      if (this.#closed && error instanceof ResponseClosedError) return null;
      this.#end(error);
      return null;
    }
  }

  /** The connection has ended: by itself, or with an error. Throws what is not to be tried again. */
  #end(error: unknown): void {
    this.#response?.close();
    this.#response = null;
    this.#reader = null;
    if (this.#closed) return;
    this.#failures += 1;
    const isFinal = !this.#plan.reconnect || this.#failures >= this.#plan.maxFailures || this.#connections === 0;
    if (error !== null && (isFinal || !maySucceedLater(error))) throw error;
    if (isFinal) this.close();
  }

  *#connect(): GeneratorBody<EventReader> {
    const { method, options, maxEventSize } = this.#plan;
    const headers = withStreamFields(this.#plan.headers, this.#state.lastEventId);
    const response = yield* this.#send(method, this.#url, { ...options, headers });
    this.#response = response;
    this.#answeredBy = response.url;
    if (response.status === 204) this.close();
    else checkAnswer(response);
    this.#connections += 1;
    return new EventReader(response, this.#state, maxEventSize);
  }

  /** The first new connection comes after what the server said; those after it at a random moment of a span that doubles. */
  *#pause(): GeneratorBody<void> {
    const { retry, maxRetry } = this.#plan;
    const base = Math.min(this.#state.retry ?? retry, maxRetry);
    const longest = Math.min(base * 2 ** Math.max(0, this.#failures - 1), maxRetry);
    try {
      yield* this.#waitFor(base + Math.random() * (longest - base));
    } finally {
      this.#wake = null;
      this.#stopWaiting?.();
      this.#stopWaiting = null;
    }
  }

  /** As a sleep, which `close()` and the signal end. */
  #waitFor(ms: number): Awaitable<void> {
    const { signal } = this.#plan.options;
    return park<void>(`a new connection for the events of ${this.#answeredBy}`, (settle) => {
      const timer = getEventLoop().callLater(ms, () => settle.resolve());
      this.#wake = () => settle.resolve();
      const unwatch = signal ? onAbort(signal, () => settle.resolve()) : null;
      this.#stopWaiting = () => {
        timer.cancel();
        unwatch?.();
      };
      return this.#stopWaiting;
    });
  }
}

/** The options, checked. */
interface Plan {
  readonly method: string;
  readonly options: RequestOptions;
  readonly headers: HeaderFields;
  readonly reconnect: boolean;
  readonly retry: number;
  readonly maxRetry: number;
  readonly maxFailures: number;
  readonly maxEventSize: number;
}

function makePlan(given: EventStreamOptions): Plan {
  const { method = 'GET', reconnect, retry, maxRetry, maxFailures, maxEventSize, lastEventId, ...rest } = given;
  const own = { method, reconnect, retry, maxRetry, maxFailures, maxEventSize, lastEventId };
  checkOptions('events()', own, {
    method: someText,
    reconnect: trueOrFalse,
    retry: span,
    maxRetry: span,
    maxFailures: count,
    maxEventSize: byteBound,
    lastEventId: (value) => (typeof value === 'string' ? null : 'must be a text'),
  });
  checkRequestOptions(rest);
  return {
    method,
    // A stream has no end that a deadline of the whole could stand for.
    options: { ...rest, raiseForStatus: false, timeout: withoutTotal(rest.timeout) },
    headers: listHeaders(rest.headers),
    reconnect: reconnect ?? method.toUpperCase() === 'GET',
    retry: retry ?? defaultRetry,
    maxRetry: maxRetry ?? defaultMaxRetry,
    maxFailures: maxFailures ?? defaultMaxFailures,
    maxEventSize: maxEventSize ?? defaultMaxEventSize,
  };
}

function withoutTotal(timeout: RequestOptions['timeout']): RequestOptions['timeout'] {
  if (timeout === undefined) return { total: null };
  return typeof timeout === 'object' && timeout !== null ? { total: null, ...timeout } : timeout;
}

/** The caller's fields, and those that a stream is asked for with. */
function withStreamFields(given: HeaderFields, lastEventId: string): HeaderFields {
  const fields = [...given];
  if (!hasHeader(given, 'accept')) fields.push(['accept', 'text/event-stream']);
  if (!hasHeader(given, 'cache-control')) fields.push(['cache-control', 'no-store']);
  // As UTF-8, one character a byte; an id with a line end cannot have come from a stream.
  if (lastEventId !== '') fields.push(['last-event-id', Buffer.from(lastEventId, 'utf8').toString('latin1')]);
  return fields;
}

/** Throws for what is no stream of events. */
function checkAnswer(response: ClientResponse): void {
  const { method, url, status, reason, rawHeaders, history } = response;
  if (status !== 200) {
    response.release();
    throw new ClientResponseError(
      { method, url },
      { status, reason, rawHeaders, history },
      `answered ${status}${reason === '' ? '' : ` ${reason}`}, and no stream of events`,
    );
  }
  if (response.contentType !== 'text/event-stream') {
    response.close();
    throw new ContentTypeError(
      { method, url },
      { status, reason, rawHeaders, history },
      response.contentType,
      'text/event-stream',
    );
  }
  response.refuseCoded();
}

/** True for what another connection may be spared: the network, a deadline, a server in trouble. */
function maySucceedLater(error: unknown): boolean {
  if (error instanceof EventTooLargeError || error instanceof BodyExpansionError) return false;
  if (error instanceof UnreadableBodyError) return false;
  if (error instanceof SessionClosedError || error instanceof NonPublicAddressError) return false;
  if (error instanceof ClientConnectionError || error instanceof ClientPayloadError) return true;
  return error instanceof ClientResponseError && passing.has(error.status);
}
