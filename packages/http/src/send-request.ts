/**
 * A request's life: slots, a connection, the head of a response; while that is a redirect, again; then a ClientResponse.
 *
 * prepare-request.ts checks it → `#open` waits for its slots → exchange.ts sends it ⇐ undici's callbacks settle it →
 * redirect.ts says where next, or the response is handed over. A deadline, or the end of the session, fails whatever is
 * waited for.
 */
import { currentTask, fromPromise, getEventLoop, type EventLoop, type Future, type GeneratorBody } from 'cotask';
import { ClientResponse } from './client-response.ts';
import { Deadlines, type DeadlineOwner } from './deadlines.ts';
import { discardRedirect } from './discard.ts';
import {
  ConnectionTimeoutError,
  SessionClosedError,
  SocketTimeoutError,
  TotalTimeoutError,
  type DeadlineFacts,
  type DeadlineName,
  type RedirectRecord,
  type RequestLine,
  type ServerTimeoutError,
} from './errors.ts';
import { Exchange } from './exchange.ts';
import { prepareRequest, type PreparedRequest } from './prepare-request.ts';
import { followRedirect, redirectLocation, type Target } from './redirect.ts';
import { flattenHeaders } from './request-headers.ts';
import { splitUrl, type UrlParts } from './request-url.ts';
import type { ResponseHead } from './response-head.ts';
import { queuesFor, type SessionCore } from './session-core.ts';
import type { RequestOptions } from './session-options.ts';
import { watchUnclosed } from './unclosed.ts';

/** Sends a request and follows its redirects. */
export function* sendRequest(
  core: SessionCore,
  method: string,
  input: string | URL,
  options: RequestOptions,
): GeneratorBody<ClientResponse> {
  const request = prepareRequest(core, method, input, options);
  const response = yield* new RequestRun(core, request, getEventLoop()).response();
  const { raiseForStatus } = request;
  if (raiseForStatus === true && !response.ok) refuse(response);
  if (typeof raiseForStatus === 'function') yield* look(response, raiseForStatus);
  return response;
}

/** One request under way. */
class RequestRun implements DeadlineOwner {
  readonly #core: SessionCore;
  readonly #request: PreparedRequest;
  readonly #loop: EventLoop;
  readonly #deadlines: Deadlines;
  readonly #history: RedirectRecord[] = [];
  #target: Target;
  #parts: UrlParts;
  #line: RequestLine;
  #exchange: Exchange | null = null;
  /** The place in a queue for a slot. */
  #queued: Future<void> | null = null;
  #expired: ServerTimeoutError | null = null;
  /** The response was handed over: the end of its body is the end of the request. */
  #handedOver = false;

  constructor(core: SessionCore, request: PreparedRequest, loop: EventLoop) {
    this.#core = core;
    this.#request = request;
    this.#loop = loop;
    this.#target = request.target;
    this.#parts = splitUrl(request.target.url);
    this.#line = { method: request.target.method, url: this.#parts.whole };
    this.#deadlines = new Deadlines(queuesFor(core, loop, request.timeouts), this);
    this.#deadlines.startTotal();
  }

  /** The final response; whatever is under way has ended when this throws. */
  *response(): GeneratorBody<ClientResponse> {
    try {
      return yield* this.#follow();
    } catch (error) {
      this.#exchange?.close();
      this.#deadlines.stopAll();
      throw error;
    }
  }

  /** Sends, and sends again to where a redirect leads, until there is a final response. */
  *#follow(): GeneratorBody<ClientResponse> {
    const { rules } = this.#request;
    for (;;) {
      const exchange = this.#openAtOnce() ?? (yield* this.#open());
      const head = yield* exchange.response();
      const location = redirectLocation(head, rules);
      if (location === null) return this.#handOver(exchange, head);
      this.#history.push(recordOf(this.#line, head, location));
      const next = followRedirect(this.#target, this.#line, this.#history, rules);
      if (!exchange.done) yield* discardRedirect(exchange, this.#loop);
      if (this.#expired !== null) throw this.#expired;
      this.#turnTo(next);
    }
  }

  expire(deadline: DeadlineName): void {
    const limit = this.#request.timeouts[deadline] ?? 0;
    const stage = this.#exchange?.stage ?? 'queued';
    this.#expired = timeoutError(this.#line, { deadline, limit, stage, bytes: this.#exchange?.bytes ?? 0 });
    this.#queued?.cancel();
    this.#exchange?.fail(this.#expired);
  }

  #turnTo(target: Target): void {
    this.#target = target;
    this.#parts = splitUrl(target.url);
    this.#line = { method: target.method, url: this.#parts.whole };
  }

  #handOver(exchange: Exchange, head: ResponseHead): ClientResponse {
    this.#handedOver = true;
    if (exchange.done) this.#deadlines.stopAll();
    const { maxBodySize } = this.#request;
    const response = new ClientResponse({ exchange, head, url: this.#target.url, history: this.#history, maxBodySize });
    if (this.#loop.getDebug()) watchResponse(response, exchange, this.#loop);
    return response;
  }

  /** The exchange, if both slots are free. */
  #openAtOnce(): Exchange | null {
    if (this.#core.closed) throw new SessionClosedError(this.#line);
    const { slots } = this.#core.connector;
    if (!slots.takeBoth(this.#parts.origin)) return null;
    this.#deadlines.startConnect();
    return this.#makeExchange();
  }

  /** Waits for its slots and makes the exchange that holds them. */
  *#open(): GeneratorBody<Exchange> {
    this.#exchange = null;
    this.#deadlines.startConnect();
    const { origin } = this.#parts;
    const { slots } = this.#core.connector;
    const label = `a slot for ${this.#line.method} ${this.#line.url}`;
    const ofHost = slots.takeOfHost(origin, label);
    if (ofHost !== null) yield* this.#queue(ofHost, () => slots.releaseOfHost(origin));
    const ofAll = slots.takeOfAll(label);
    if (ofAll !== null) yield* this.#queueForAll(ofAll, origin);
    return this.#makeExchange();
  }

  *#queueForAll(place: Future<void>, origin: string): GeneratorBody<void> {
    const { slots } = this.#core.connector;
    try {
      yield* this.#queue(place, () => slots.releaseOfAll());
    } catch (error) {
      slots.releaseOfHost(origin);
      throw error;
    }
  }

  /**
   * Waits at `place`. A deadline takes the place back by cancelling it; a cancel of the task that comes in the same moment
   * finds that place cancelled and shares its error, and must not be taken for the deadline.
   */
  *#queue(place: Future<void>, giveBack: () => void): GeneratorBody<void> {
    const cancelsBefore = currentTask()?.cancelling() ?? 0;
    this.#queued = place;
    try {
      yield* place;
    } catch (error) {
      if (error instanceof SessionClosedError) throw new SessionClosedError(this.#line);
      if (this.#expired === null || (currentTask()?.cancelling() ?? 0) > cancelsBefore) throw error;
      throw this.#expired;
    } finally {
      this.#queued = null;
    }
    if (this.#expired === null) return;
    giveBack();
    throw this.#expired;
  }

  #makeExchange(): Exchange {
    const { headers, body } = this.#target;
    const { origin, path } = this.#parts;
    const { connector, flatHeaders, maxHeaders, maxInformational } = this.#core;
    const flat = headers === this.#core.headers ? flatHeaders : flattenHeaders(headers);
    const plan = { line: this.#line, origin, path, headers: flat, body, maxHeaders, maxInformational };
    this.#exchange = new Exchange(connector, plan, this.#deadlines, () => {
      connector.slots.release(origin);
      if (this.#handedOver) this.#deadlines.stopAll();
    });
    return this.#exchange;
  }
}

/** Throws the status; what is left of the error page is read away, so that its connection can be used again. */
function refuse(response: ClientResponse): void {
  response.release();
  response.raiseForStatus();
}

function* look(
  response: ClientResponse,
  raiseForStatus: (response: ClientResponse) => void | PromiseLike<void>,
): GeneratorBody<void> {
  try {
    const looked = raiseForStatus(response);
    if (looked !== undefined) yield* fromPromise(looked);
  } catch (error) {
    response.close();
    throw error;
  }
}

function watchResponse(response: ClientResponse, exchange: Exchange, loop: EventLoop): void {
  const { method, url } = exchange.line;
  const words = `the response to ${method} ${url} was neither read nor closed; close() it, or hold it with "await using"`;
  watchUnclosed(response, { words, loop, isOpen: () => !exchange.done, end: () => exchange.close() });
}

function timeoutError(line: RequestLine, facts: DeadlineFacts): ServerTimeoutError {
  if (facts.deadline === 'total') return new TotalTimeoutError(line, facts);
  return facts.deadline === 'sockRead' ? new SocketTimeoutError(line, facts) : new ConnectionTimeoutError(line, facts);
}

function recordOf(line: RequestLine, head: ResponseHead, location: string): RedirectRecord {
  return {
    method: line.method,
    url: line.url,
    status: head.status,
    reason: head.reason,
    location,
    rawHeaders: head.rawHeaders,
  };
}
