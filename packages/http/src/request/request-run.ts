/** One request under way: where it stands, what it has followed, and what its deadlines do. */
import { currentTask, type EventLoop, type Future, type GeneratorBody } from 'cotask';
import { abortError, onAbort } from 'cotask/lowlevel';
import { chooseRoute } from './choose-route.ts';
import { ClientResponse } from '../response/client-response.ts';
import { addJarCookies } from '../credentials/credentials.ts';
import { Deadlines, type DeadlineOwner } from '../exchange/deadlines.ts';
import {
  ConnectionTimeoutError,
  ResponseClosedError,
  RequestQueueFullError,
  SessionClosedError,
  SlowTransferError,
  SocketTimeoutError,
  TotalTimeoutError,
  type DeadlineFacts,
  type DeadlineName,
  type RedirectRecord,
  type RequestLine,
  type RequestStage,
  type ServerTimeoutError,
} from '../errors/index.ts';
import { Exchange, type ExchangeOwner } from '../exchange/exchange.ts';
import type { PreparedRequest } from './prepare-request.ts';
import { followRedirect, redirectLocation, type Target } from './redirect.ts';
import { flattenHeaders, type HeaderFields } from '../message/request-headers.ts';
import type { ResponseHead } from '../message/response-head.ts';
import { TimingMarks } from '../exchange/request-timings.ts';
import { queuesFor, type SessionCore } from './session-core.ts';
import { watchUnclosed } from '../response/unclosed.ts';

/** Told that a run's connection is free again. */
export interface RunOwner {
  runEnded(run: RequestRun): void;
}

const noRedirects: readonly RedirectRecord[] = [];

/** A request from its first hop to its response. */
export class RequestRun implements DeadlineOwner, ExchangeOwner {
  readonly #core: SessionCore;
  readonly #request: PreparedRequest;
  readonly #loop: EventLoop;
  readonly #deadlines: Deadlines;
  readonly #owner: RunOwner | null;
  #history: readonly RedirectRecord[];
  #target: Target;
  #line: RequestLine;
  #exchange: Exchange | null = null;
  /** The place in a queue for a slot. */
  #queued: Future<void> | null = null;
  /** Why it was ended from outside: a deadline, or the caller's signal. */
  #givenUp: Error | null = null;
  #unwatchSignal: (() => void) | null = null;
  /** When it began to wait for the slots of this hop; null where they were free. */
  #queuedAt: number | null = null;
  /** The response was handed over: the end of its body is the end of the request. */
  #handedOver = false;

  /** A run with an owner has its owner's `total`, and the owner's redirects behind it. */
  constructor(
    core: SessionCore,
    request: PreparedRequest,
    loop: EventLoop,
    owner: RunOwner | null = null,
    history: readonly RedirectRecord[] = noRedirects,
  ) {
    this.#core = core;
    this.#request = request;
    this.#loop = loop;
    this.#owner = owner;
    this.#history = history;
    this.#target = request.target;
    this.#line = { method: request.target.method, url: request.target.url.whole };
    this.#deadlines = new Deadlines(queuesFor(core, loop, request.timeouts), this, request.timeouts);
    this.#deadlines.startTotal();
    core.runs?.add(this);
    this.#watchSignal(request.signal);
  }

  /** Ends whatever is under way. */
  end(): void {
    this.#givenUp ??= new ResponseClosedError(this.#line);
    this.#queued?.cancel();
    this.#exchange?.close();
    this.#stopWatching();
  }

  expire(deadline: DeadlineName, moved: number): void {
    const { timeouts } = this.#request;
    const limit = deadline === 'minThroughput' ? timeouts.throughputWindow : (timeouts[deadline] ?? 0);
    const facts = { deadline, limit, ...this.#progress() };
    this.giveUp(timeoutError(this.#line, facts, moved, timeouts.minThroughput ?? 0));
  }

  /** The owner's `total` of `limit` milliseconds has passed. */
  expireTotal(limit: number): Error {
    const error = new TotalTimeoutError(this.#line, { deadline: 'total', limit, ...this.#progress() });
    this.giveUp(error);
    return error;
  }

  #progress(): { stage: RequestStage; bytes: number } {
    return { stage: this.#exchange?.stage ?? 'queued', bytes: this.#exchange?.bytes ?? 0 };
  }

  get line(): RequestLine {
    return this.#line;
  }

  /** Ends the request from outside the task that waits for it. */
  giveUp(error: Error): void {
    this.#givenUp = error;
    this.#queued?.cancel();
    this.#exchange?.fail(error);
  }

  #watchSignal(signal: AbortSignal | null): void {
    if (signal === null) return;
    if (signal.aborted) this.#givenUp = abortError(signal);
    else this.#unwatchSignal = onAbort(signal, () => this.giveUp(abortError(signal)));
  }

  /** The request has ended, with its response's body. */
  #stopWatching(): void {
    this.#core.runs?.delete(this);
    this.#deadlines.stopAll();
    this.#unwatchSignal?.();
    this.#unwatchSignal = null;
  }

  /** Where this response leads; null when it is the answer. */
  redirect(head: ResponseHead): Target | null {
    this.keepCookies(head);
    const { rules } = this.#request;
    const location = redirectLocation(head, rules);
    if (location === null) return null;
    const redirect = recordOf(this.#line, head, location);
    this.#history = [...this.#history, redirect];
    const next = followRedirect(this.#target, this.#line, this.#history, rules);
    this.#request.trace?.emit('requestRedirect', { redirect, url: next.url.whole });
    return next;
  }

  /** Keeps the cookies that a response sets; those of a redirect too. */
  keepCookies(head: ResponseHead): void {
    const fields = head.all('set-cookie');
    if (fields.length > 0) this.#core.cookieJar?.receive(fields, this.#target.url.whole);
  }

  /** Goes on to where a redirect leads. */
  turnTo(target: Target): void {
    if (this.#givenUp !== null) throw this.#givenUp;
    this.#target = target;
    this.#line = { method: target.method, url: target.url.whole };
  }

  handOver(exchange: Exchange, head: ResponseHead): ClientResponse {
    this.#handedOver = true;
    if (exchange.done) this.#stopWatching();
    const { bodyBounds } = this.#request;
    const url = this.#target.url.href;
    const { fallbackCharset } = this.#core;
    const response = new ClientResponse({ exchange, head, url, history: this.#history, bodyBounds, fallbackCharset });
    if (this.#loop.getDebug() && exchange.upgraded === null) watchResponse(response, exchange, this.#loop);
    return response;
  }

  /** The exchange, if both slots are free. */
  openAtOnce(): Exchange | null {
    if (this.#givenUp !== null) throw this.#givenUp;
    if ((this.#core.closed && !this.#core.detached) || this.#core.connector.closed)
      throw new SessionClosedError(this.#line);
    const { slots } = this.#core.connector;
    if (!slots.takeBoth(this.#target.url.origin)) return null;
    this.#deadlines.startConnect();
    return this.#makeExchange();
  }

  /** Waits for its slots and makes the exchange that holds them. */
  *open(): GeneratorBody<Exchange> {
    this.#exchange = null;
    this.#deadlines.startConnect();
    const { origin } = this.#target.url;
    const { slots } = this.#core.connector;
    const { maxWaiting } = this.#core;
    if (slots.waiting >= maxWaiting) throw new RequestQueueFullError(this.#line, maxWaiting);
    this.#queuedAt = this.#loop.time();
    this.#request.trace?.emit('connectionQueuedStart', { origin });
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
    const { slots } = this.#core.connector;
    this.#queued = place;
    slots.waiting += 1;
    try {
      yield* place;
    } catch (error) {
      if (error instanceof SessionClosedError) throw new SessionClosedError(this.#line);
      if (this.#givenUp === null || (currentTask()?.cancelling() ?? 0) > cancelsBefore) throw error;
      throw this.#givenUp;
    } finally {
      slots.waiting -= 1;
      this.#queued = null;
    }
    if (this.#givenUp === null) return;
    giveBack();
    throw this.#givenUp;
  }

  /** The header fields with the jar's cookies, as the jar stands now. */
  #headers(): HeaderFields {
    const { headers, url } = this.#target;
    const { cookieJar } = this.#core;
    return cookieJar === null || cookieJar.size === 0 ? headers : addJarCookies(headers, cookieJar.header(url.whole));
  }

  #makeExchange(): Exchange {
    const { body } = this.#target;
    const decoding = this.#request.decoding.autoDecompress ? this.#request.decoding : null;
    const headers = this.#headers();
    const { origin, path } = this.#target.url;
    const { connector, flatHeaders, maxHeaders, maxInformational } = this.#core;
    const flat = headers === this.#core.headers ? flatHeaders : flattenHeaders(headers);
    const { trace, readBufferSize, readUntilEof, upgrade, expect100 } = this.#request;
    const route = chooseRoute(this.#core, this.#request, this.#target.url);
    if (this.#queuedAt !== null) trace?.emit('connectionQueuedEnd', { origin });
    const plan = {
      line: this.#line,
      origin,
      path,
      headers: flat,
      body,
      maxHeaders,
      maxInformational,
      decoding,
      readBufferSize,
      readUntilEof,
      upgrade,
      // A redirect may have taken the body away.
      expect100: body === null ? null : expect100,
      loop: this.#loop,
      trace,
      route,
    };
    const marks = new TimingMarks(this.#loop, this.#queuedAt);
    this.#queuedAt = null;
    this.#exchange = new Exchange(connector, plan, this.#deadlines, marks, this);
    return this.#exchange;
  }

  exchangeDone(exchange: Exchange): void {
    this.#core.connector.slots.release(exchange.origin);
    if (this.#handedOver) this.#stopWatching();
    this.#owner?.runEnded(this);
  }
}

function watchResponse(response: ClientResponse, exchange: Exchange, loop: EventLoop): void {
  const { method, url } = exchange.line;
  const words = `the response to ${method} ${url} was neither read nor closed; close() it, or hold it with "await using"`;
  watchUnclosed(response, { words, loop, isOpen: () => !exchange.done, end: () => exchange.close() });
}

function timeoutError(line: RequestLine, facts: DeadlineFacts, moved: number, wanted: number): ServerTimeoutError {
  if (facts.deadline === 'total') return new TotalTimeoutError(line, facts);
  if (facts.deadline === 'minThroughput') return new SlowTransferError(line, facts, moved, wanted);
  if (facts.deadline === 'sockRead' || facts.deadline === 'firstByte') return new SocketTimeoutError(line, facts);
  return new ConnectionTimeoutError(line, facts);
}

/** What is kept of a redirect. */
export function recordOf(line: RequestLine, head: ResponseHead, location: string): RedirectRecord {
  return {
    method: line.method,
    url: line.url,
    status: head.status,
    reason: head.reason,
    location,
    rawHeaders: head.rawHeaders,
  };
}
