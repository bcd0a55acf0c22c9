/**
 * A request with middlewares: every hop passes them, and what `next` sends is a run of its own, so that a middleware may
 * send twice, or two side by side. `total` covers all of it, the middlewares' own waits included.
 */
import { coroutine, CotaskError, timeout, type EventLoop, type GeneratorBody, type TimeoutScope } from 'cotask';
import { abortError, onAbort } from 'cotask/lowlevel';
import type { ClientResponse } from '../response/client-response.ts';
import { ClientRequest } from './client-request.ts';
import type { ClientSession } from '../client-session.ts';
import type { Timeouts } from '../exchange/client-timeout.ts';
import { Deadlines, type DeadlineOwner } from '../exchange/deadlines.ts';
import { discardRedirect } from '../exchange/discard.ts';
import { InvalidOptionError, TotalTimeoutError, type RedirectRecord } from '../errors/index.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { chainMiddlewares, type NextRequest } from './middleware.ts';
import type { PreparedRequest } from './prepare-request.ts';
import { checkScheme, followRedirect, redirectLocation, type Target } from './redirect.ts';
import { recordOf, RequestRun, type RunOwner } from './request-run.ts';
import type { ResponseHead } from '../message/response-head.ts';
import { queuesFor, type SessionCore } from './session-core.ts';

/** What is kept of a response that `next` gave, while its connection is in use. */
interface Sent {
  readonly run: RequestRun;
  readonly exchange: Exchange;
  readonly head: ResponseHead;
  readonly target: Target;
}

/** What a chain is made for. */
interface ChainParts {
  readonly session: ClientSession | null;
  readonly core: SessionCore;
  readonly request: PreparedRequest;
  readonly loop: EventLoop;
}

/** Sends a request through its middlewares and follows its redirects. */
export class RequestChain implements DeadlineOwner, RunOwner {
  readonly #session: ClientSession | null;
  readonly #core: SessionCore;
  readonly #request: PreparedRequest;
  readonly #loop: EventLoop;
  readonly #deadlines: Deadlines;
  /** The deadlines of what `next` sends: all but `total`, which is the chain's. */
  readonly #hopTimeouts: Timeouts;
  readonly #next: NextRequest;
  readonly #runs = new Set<RequestRun>();
  readonly #sent = new Map<ClientResponse, Sent>();
  #history: readonly RedirectRecord[] = [];
  #target: Target;
  #scope: TimeoutScope | null = null;
  #givenUp: Error | null = null;
  #unwatchSignal: (() => void) | null = null;
  /** What is handed to the caller: the end of its body is the end of the request. */
  #handedOver: RequestRun | null = null;

  constructor({ session, core, request, loop }: ChainParts) {
    this.#session = session;
    this.#core = core;
    this.#request = request;
    this.#loop = loop;
    this.#target = request.target;
    this.#hopTimeouts = { ...request.timeouts, total: null };
    this.#deadlines = new Deadlines(queuesFor(core, loop, request.timeouts), this, request.timeouts);
    this.#deadlines.startTotal();
    this.#watchSignal(request.signal);
    const send = coroutine((hop: ClientRequest) => this.#sendHop(hop));
    this.#next = chainMiddlewares(request.middlewares, send);
  }

  /** The response, or the error as it is told of. */
  *send(): GeneratorBody<ClientResponse> {
    try {
      return yield* timeout(null, (scope) => this.#hops(scope));
    } catch (error) {
      throw this.#fail(error);
    } finally {
      // A deadline that passes later concerns the body alone.
      this.#scope = null;
    }
  }

  /** Hop after hop until a response is the answer. */
  *#hops(scope: TimeoutScope): GeneratorBody<ClientResponse> {
    this.#scope = scope;
    if (this.#givenUp !== null) throw this.#givenUp;
    const { context } = this.#request;
    const { jsonSerialize } = this.#core;
    for (;;) {
      const hop = new ClientRequest(this.#target, {
        session: this.#session,
        history: this.#history,
        context,
        jsonSerialize,
      });
      const response = yield* this.#next(hop);
      const sent = this.#sent.get(response) ?? null;
      const next = sent === null ? null : this.#redirect(sent);
      if (sent === null || next === null) return this.#handOver(response, sent);
      this.#endRuns(sent.run);
      if (!response.closed) yield* discardRedirect(sent.exchange, this.#loop);
      this.#target = next;
    }
  }

  /** What `next` of the innermost middleware does. */
  *#sendHop(hop: ClientRequest): GeneratorBody<ClientResponse> {
    if (!(hop instanceof ClientRequest)) throw new InvalidOptionError('next() takes the request that is to be sent');
    this.#releaseSent();
    if (this.#givenUp !== null) throw this.#givenUp;
    const target = hop.target();
    checkScheme(target.method, target.url, this.#request.rules.schemes);
    const request = { ...this.#request, target, timeouts: this.#hopTimeouts, signal: null };
    const run = new RequestRun(this.#core, request, this.#loop, this, this.#history);
    this.#runs.add(run);
    try {
      const exchange = run.openAtOnce() ?? (yield* run.open());
      const head = yield* exchange.response();
      run.keepCookies(head);
      const response = run.handOver(exchange, head);
      this.#sent.set(response, { run, exchange, head, target });
      return response;
    } catch (error) {
      run.end();
      this.#runs.delete(run);
      throw error;
    }
  }

  /** A middleware sends again: what it was given before is done with, or its slot would be waited for. */
  #releaseSent(): void {
    for (const response of this.#sent.keys()) response.release();
    this.#sent.clear();
  }

  /** Where the response leads. What middlewares added to the request stays behind: the next hop passes them again. */
  #redirect({ exchange, head, target }: Sent): Target | null {
    const { rules } = this.#request;
    const location = redirectLocation(head, rules);
    if (location === null) return null;
    const redirect = recordOf(exchange.line, head, location);
    this.#history = [...this.#history, redirect];
    const from = { ...this.#target, method: target.method, url: target.url };
    const next = followRedirect(from, exchange.line, this.#history, rules);
    this.#request.trace?.emit('requestRedirect', { redirect, url: next.url.whole });
    return next;
  }

  #handOver(response: ClientResponse, sent: Sent | null): ClientResponse {
    this.#handedOver = sent?.run ?? null;
    this.#endRuns(this.#handedOver);
    if (sent === null || sent.exchange.done) this.#stopWatching();
    return response;
  }

  /** Ends what a middleware has begun and left. */
  #endRuns(but: RequestRun | null): void {
    for (const run of this.#runs) if (run !== but) run.end();
  }

  /** Ends everything; the error as it is told of: the scope's own says nothing of the request. */
  #fail(error: unknown): unknown {
    this.#stopWatching();
    this.#endRuns(null);
    const isScope = error instanceof CotaskError && error.code === 'COTASK_TIMEOUT';
    return this.#givenUp !== null && isScope ? this.#givenUp : error;
  }

  runEnded(run: RequestRun): void {
    this.#runs.delete(run);
    if (run === this.#handedOver) this.#stopWatching();
  }

  expire(): void {
    const limit = this.#request.timeouts.total ?? 0;
    const line = { method: this.#target.method, url: this.#target.url.whole };
    let error: Error = new TotalTimeoutError(line, { deadline: 'total', limit, stage: 'queued', bytes: 0 });
    for (const run of this.#runs) error = run.expireTotal(limit);
    this.#giveUp(error);
  }

  /** Whatever a middleware waits for, it waits no longer. */
  #giveUp(error: Error): void {
    this.#givenUp = error;
    for (const run of this.#runs) run.giveUp(error);
    this.#scope?.reschedule(this.#loop.time());
  }

  #watchSignal(signal: AbortSignal | null): void {
    if (signal === null) return;
    if (signal.aborted) this.#givenUp = abortError(signal);
    else this.#unwatchSignal = onAbort(signal, () => this.#giveUp(abortError(signal)));
  }

  /** The request has ended, with its response's body. */
  #stopWatching(): void {
    this.#deadlines.stopAll();
    this.#unwatchSignal?.();
    this.#unwatchSignal = null;
  }
}
