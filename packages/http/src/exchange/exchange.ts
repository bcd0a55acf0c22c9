/**
 * One request and its response on one connection: undici's handler. Everything that can end it (the response, an error,
 * a deadline, a cancel, the session) comes through `#finish`, once; what comes later finds it done.
 *
 * Its callbacks run inside undici's parser. Nothing there may resume another connection, so a `resume()` that comes from
 * inside any callback waits for the next microtask (undici asserts that no other parser is at work).
 */
import type { Dispatcher } from 'undici';
import { park } from 'cotask/lowlevel';
import type { Awaitable } from 'cotask';
import { fixedBounds } from '../bounds.ts';
import type { BodyInbox, Failure } from '../bodies/body-inbox.ts';
import { BodyIntake, type BodySource } from './body-intake.ts';
import type { Connector } from '../connections/connector.ts';
import type { Deadlines } from './deadlines.ts';
import { ResponseClosedError, SessionClosedError, type RequestLine, type RequestStage } from '../errors/index.ts';
import { badMessage, endlessFraming, resetBody, tooManyFields, tooManyInterim } from './exchange-faults.ts';
import { contentToSend, headersToSend, pathToSend, type ExchangePlan } from './exchange-plan.ts';
import { ExchangeTrace } from './exchange-trace.ts';
import type { LookupSource } from '../connections/cached-lookup.ts';
import type { ConnectionInfo } from '../connections/connection-info.ts';
import type { ContinueWatcher } from '../connections/continue-gate.ts';
import type { ConnectStep } from '../connections/dial.ts';
import { Http2Failure } from '../connections/http2-failure.ts';
import type { Carrier, LaneUser } from '../connections/lane.ts';
import { idempotentMethods } from '../message/methods.ts';
import { ResponseHead, countFields, type HttpVersion, type ParsedHeaders } from '../message/response-head.ts';
import type { RequestTimings, TimingMarks } from './request-timings.ts';
import { translateError } from './translate-error.ts';
import { makeGuest, type Upgraded, type UpgradeFacts } from './upgraded.ts';
import { Upload } from '../bodies/upload.ts';

/** How many callbacks of undici's are on the stack. */
let insideCallbacks = 0;

interface HeadWaiter {
  resolve(head: ResponseHead): void;
  reject(error: unknown): void;
}

/** Told of the end of an exchange. */
export interface ExchangeOwner {
  /** The connection is free again. */
  exchangeDone(exchange: Exchange): void;
}

/** One request on one connection. */
export class Exchange implements LaneUser, BodySource {
  readonly line: RequestLine;
  readonly body: BodyIntake;
  wantsFreshLane: boolean;
  wantsHttp1: boolean;
  readonly continueWatcher: ContinueWatcher | null;
  #stopWaiting: (() => void) | null = null;
  /** The connection, once it is no HTTP any more. */
  upgraded: Upgraded | null = null;
  readonly #connector: Connector;
  readonly #plan: ExchangePlan;
  readonly #deadlines: Deadlines;
  readonly #marks: TimingMarks;
  readonly #trace: ExchangeTrace | null;
  #owner: ExchangeOwner | null;
  #lane: Carrier | null = null;
  #controller: Dispatcher.DispatchController | null = null;
  #headWaiter: HeadWaiter | null = null;
  #head: ResponseHead | null = null;
  #stage: RequestStage = 'connecting';
  #upload: Upload | null = null;
  #headers: readonly string[] = [];
  /** The connection, and whether it carried a request before. */
  connection: ConnectionInfo | null = null;
  reused = false;
  #version: HttpVersion = '1.1';
  #informational = 0;
  #firstByte = false;
  /** What the connection had received soon after the head. */
  #readAtHead: number | null = null;
  #triedAgain = false;
  #refusals = 0;
  #done = false;
  #abandoned = false;
  /** Why it ended before it was through. */
  #failure: Failure | null = null;
  #whenEnded: Set<(error: unknown) => void> | null = null;

  /** The owner is told once, when the connection is free again. */
  constructor(
    connector: Connector,
    plan: ExchangePlan,
    deadlines: Deadlines,
    marks: TimingMarks,
    owner: ExchangeOwner,
  ) {
    this.line = plan.line;
    this.wantsFreshLane = this.wantsHttp1 = plan.upgrade || plan.expect100 !== null;
    this.continueWatcher = plan.expect100 === null ? null : this.#watchContinue(plan.expect100);
    this.body = new BodyIntake(this, plan);
    this.#connector = connector;
    this.#plan = plan;
    this.#deadlines = deadlines;
    this.#marks = marks;
    this.#trace = plan.trace === null ? null : new ExchangeTrace(plan.trace, plan);
    this.#owner = owner;
  }

  /** The header fields as they were sent last: name, value, name, value. */
  get sentHeaders(): readonly string[] {
    return this.#headers;
  }

  /** Where the body arrives. */
  get inbox(): BodyInbox {
    return this.body.inbox;
  }

  /** Body bytes that came, as sent. */
  get bytes(): number {
    return this.body.bytes;
  }

  get origin(): string {
    return this.#plan.origin;
  }

  get stage(): RequestStage {
    return this.#stage;
  }

  /** True when nothing more happens on the connection. */
  get done(): boolean {
    return this.#done;
  }

  /** Sends the request and waits for the head of the final response. */
  response(): Awaitable<ResponseHead> {
    return park<ResponseHead>(`the response to ${this.line.method} ${this.line.url}`, (settle) => {
      this.#headWaiter = settle;
      try {
        this.#dispatch();
      } catch (error) {
        // What is refused at once is thrown, and nobody waits for it.
        this.#headWaiter = null;
        throw error;
      }
      return () => this.abandon();
    });
  }

  #dispatch(): void {
    const { origin, line, body, route, upgrade } = this.#plan;
    const path = pathToSend(this.#plan);
    const open = body?.open() ?? null;
    this.#upload = open?.content instanceof Upload ? open.content : null;
    this.#stage = 'connecting';
    const headers = headersToSend(this.#plan, open);
    this.#headers = headers;
    const options = { origin, path, method: line.method, headers, body: contentToSend(open) };
    this.#connector.dispatch(upgrade ? { ...options, upgrade: 'websocket' } : options, this, route);
  }

  // ---- what the lane tells ----------------------------------------------------------------------------------------

  onLane(lane: Carrier): void {
    this.#lane = lane;
  }

  onConnecting(): void {
    this.#deadlines.startSockConnect();
    this.#trace?.connecting();
  }

  onJoining(): void {
    this.#deadlines.startSockConnect();
  }

  onConnectStep(step: ConnectStep): void {
    if (this.#done) return;
    this.#stage = step;
    this.#marks.step(step);
    this.#trace?.step(step);
    if (step === 'handshake') this.#deadlines.startTlsHandshake();
  }

  onLookup(source: LookupSource): void {
    if (!this.#done) this.#trace?.lookup(source);
  }

  /** The server's word is waited for so long, on the loop's clock. */
  #watchContinue(limit: number): ContinueWatcher {
    const stop = (): void => {
      this.#stopWaiting?.();
      this.#stopWaiting = null;
    };
    return {
      onHeadSent: (open) => {
        const timer = this.#plan.loop.callLater(limit, open);
        this.#stopWaiting = () => timer.cancel();
      },
      onWord: stop,
    };
  }

  /** A body of a length said cannot bring more framing than its head. */
  get countsReads(): boolean {
    return !this.#done && this.#head !== null && this.#head.contentLength === null;
  }

  onRead(total: number): void {
    this.#readAtHead ??= total;
    const framing = total - this.#readAtHead - this.bytes;
    if (framing > fixedBounds.framingBytes + 16 * this.bytes) this.fail(endlessFraming(this.line, this.bytes, framing));
  }

  // ---- what undici tells ------------------------------------------------------------------------------------------

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#done) return controller.abort(new ResponseClosedError(this.line));
    this.#controller = controller;
    this.#lane?.started();
    this.connection = this.#lane?.connection ?? null;
    this.#version = this.#lane?.version ?? '1.1';
    this.reused = this.#lane?.used === true;
    this.#stage = 'sending';
    this.#marks.sent();
    this.#trace?.sent(this.#headers);
    this.#deadlines.stopConnecting();
    this.#deadlines.startSockRead();
    if (this.#plan.body !== null) this.#deadlines.startThroughput();
  }

  onBodySent(chunk: Uint8Array | string): void {
    const bytes = typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.byteLength;
    this.#deadlines.touch(bytes);
    this.#trace?.trace.emit('requestChunkSent', { bytes });
  }

  onRequestSent(): void {
    if (this.#done || this.#stage !== 'sending') return;
    this.#stage = 'head';
    this.#deadlines.stopThroughput();
    this.#deadlines.startFirstByte();
  }

  onResponseStarted(): void {
    this.#firstByte = true;
    this.#marks.firstByte();
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: ParsedHeaders,
    reason = '',
  ): void {
    if (this.#done) return;
    this.#deadlines.touch(0);
    const fields = countFields(controller.rawHeaders);
    if (fields > this.#plan.maxHeaders) return this.fail(tooManyFields(this.line, fields, this.#plan.maxHeaders));
    if (status < 200) return this.#countInformational(status);
    const head = new ResponseHead(status, reason, headers, controller.rawHeaders, this.#version);
    if (head.fault !== null) return this.fail(badMessage(this.line, head.fault));
    this.#stage = 'body';
    this.#head = head;
    this.body.begin(head, this.#connector.holdTime);
    this.#deadlines.stopFirstByte();
    this.#deadlines.startThroughput();
    const waiter = this.#headWaiter;
    this.#headWaiter = null;
    waiter?.resolve(head);
    // What is not announced is not waited for.
    if (!this.#plan.readUntilEof && !this.framed) this.#endHere();
  }

  onRequestUpgrade(...[controller, status, headers, socket]: UpgradeFacts): void {
    if (this.#done) return void socket.destroy();
    const upgraded = { controller, status, headers, socket };
    this.upgraded = upgraded;
    this.#stage = 'body';
    this.#head = new ResponseHead(status, 'Switching Protocols', headers, controller.rawHeaders);
    this.#deadlines.stopHop();
    this.inbox.end(null);
    // While anybody listens for `readable`, as the lane does, nothing flows to those who listen for `data`.
    socket.removeAllListeners('readable');
    const guest = makeGuest(upgraded, () => this.fail(new SessionClosedError(this.line)));
    this.#connector.guests.add(guest);
    // The lane counts as in use, and the slots are taken, as long as the socket is open.
    socket.once('close', () => {
      this.#connector.guests.delete(guest);
      if (!this.#done) this.#finish(null, false);
    });
    const waiter = this.#headWaiter;
    this.#headWaiter = null;
    waiter?.resolve(this.#head);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    // A parser that goes on after a pause hands out an empty piece first; a reader that pauses at each would never end.
    if (this.#done || chunk.byteLength === 0) return;
    this.#deadlines.touch(chunk.byteLength);
    this.#trace?.trace.emit('responseChunkReceived', { chunk });
    insideCallbacks += 1;
    this.body.push(chunk);
    insideCallbacks -= 1;
  }

  onResponseEnd(): void {
    if (this.#done) return;
    insideCallbacks += 1;
    if (this.#lane?.reset === true && !this.framed) this.fail(resetBody(this.line, this.bytes));
    else this.#finish(null);
    insideCallbacks -= 1;
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#done) return;
    if (error instanceof Http2Failure && error.unprocessed && this.#mayBeRefused())
      return this.#sendAgain(this.#refusals > 1, error.wantsHttp1);
    if (this.#mayTryAgain(error)) {
      this.#triedAgain = true;
      return this.#sendAgain(true, false);
    }
    this.#finish({ error: this.#upload?.failure?.error ?? this.#translate(this.#lane?.alert ?? error) });
  }

  // ---- how it ends ------------------------------------------------------------------------------------------------

  /** Ends it with `error`: a deadline, the session, a reader that failed, a bound. */
  fail(error: unknown): void {
    if (this.#done) return this.body.failDecoding(error);
    this.#finish({ error });
    this.#cutTransport(error);
  }

  /** Ends the connection now; without effect when the body came whole. */
  close(): void {
    this.body.drop();
    this.fail(new ResponseClosedError(this.line));
  }

  /**
   * Ends the connection because the task that waited was cancelled. It may run while a cancel is being delivered, where
   * nobody else may be woken, so that it is done is said a microtask later.
   */
  abandon(): void {
    this.body.stopDecoder();
    if (this.#done) return;
    this.#headWaiter = null;
    const owner = this.#owner;
    this.#owner = null;
    this.#abandoned = true;
    this.close();
    if (owner !== null) queueMicrotask(() => owner.exchangeDone(this));
  }

  #finish(failure: Failure | null, reusable: boolean = failure === null): void {
    this.#done = true;
    this.#failure = failure;
    this.#stopWaiting?.();
    this.#marks.ended();
    this.#deadlines.stopHop();
    this.#upload?.stop();
    const lane = this.#lane;
    this.#lane = null;
    lane?.leave(reusable);
    const waiter = this.#headWaiter;
    this.#headWaiter = null;
    if (failure !== null) waiter?.reject(failure.error);
    this.body.end(failure);
    this.#tellEnd(failure);
    const owner = this.#owner;
    this.#owner = null;
    owner?.exchangeDone(this);
  }

  /** The body ends before it begins, and with it the connection. */
  #endHere(): void {
    const controller = this.#controller;
    this.#finish(null, false);
    controller?.abort(new ResponseClosedError(this.line));
  }

  #cutTransport(error: unknown): void {
    this.upgraded?.socket.destroy();
    this.#controller?.abort(error instanceof Error ? error : new ResponseClosedError(this.line));
    this.#controller = null;
  }

  // ---- the second try on a connection that the server had closed while it was idle ---------------------------------

  #mayTryAgain(error: Error): boolean {
    if (this.#triedAgain || this.#firstByte || this.#controller === null || this.#lane?.used !== true) return false;
    if (!idempotentMethods.has(this.line.method) || this.#plan.body?.replayable === false) return false;
    if (error instanceof Http2Failure) return error.ofConnection;
    return (
      'code' in error && (error.code === 'UND_ERR_SOCKET' || error.code === 'ECONNRESET' || error.code === 'EPIPE')
    );
  }

  /** The server has not looked at it: any method may be sent again, if its body can be. */
  #mayBeRefused(): boolean {
    if (this.#head !== null || this.#plan.body?.replayable === false) return false;
    this.#refusals += 1;
    return this.#refusals <= fixedBounds.refusals;
  }

  #sendAgain(fresh: boolean, http1: boolean): void {
    this.#upload?.stop();
    this.#marks.again();
    this.wantsFreshLane = fresh;
    this.wantsHttp1 ||= http1;
    this.#controller = null;
    this.#deadlines.stopHop();
    this.#deadlines.startConnect();
    const lane = this.#lane;
    this.#lane = null;
    lane?.leave(false);
    this.#dispatch();
  }

  // ---- flow control -----------------------------------------------------------------------------------------------

  /** The reader or the decoder is behind: the silence is ours, not the server's. */
  holdInput(): void {
    this.#deadlines.stopIdling();
    this.#controller?.pause();
  }

  letInput(): void {
    this.#deadlines.startSockRead();
    this.#deadlines.startThroughput();
    if (insideCallbacks > 0) queueMicrotask(() => this.#controller?.resume());
    else this.#controller?.resume();
  }

  /** What is left is read for nobody: a silence of the server fails nothing. */
  forgetIdling(): void {
    this.body.stopDecoding();
    this.#deadlines.stopIdling();
  }

  // ---- what is told of it -----------------------------------------------------------------------------------------

  get timings(): RequestTimings {
    return this.#marks.timings;
  }

  /** Why it did not come whole. */
  get failure(): Failure | null {
    return this.#failure ?? this.inbox.failure;
  }

  /** Calls back when nothing more happens: with the error that ended it, or null when the body came whole. Returns an undo. */
  whenEnded(callback: (error: unknown) => void): () => void {
    if (this.#done) callback(this.failure?.error ?? null);
    else (this.#whenEnded ??= new Set()).add(callback);
    return () => void this.#whenEnded?.delete(callback);
  }

  #tellEnd(failure: Failure | null): void {
    const trace = this.#plan.trace;
    const whenEnded = this.#whenEnded;
    if (trace === null && whenEnded === null) return;
    const error = failure === null ? null : failure.error;
    const facts = { url: this.line.url, error, bytes: this.bytes, timings: this.timings };
    const tell = (): void => {
      trace?.emit('responseEnd', facts);
      for (const callback of whenEnded ?? []) callback(error);
    };
    // While a cancel is being delivered, no code of others may run.
    if (this.#abandoned) queueMicrotask(tell);
    else tell();
  }

  // ---- words ------------------------------------------------------------------------------------------------------

  /** True when the end of the body is marked; false when only the end of the connection ends it (RFC 9112 section 6.3). */
  get framed(): boolean {
    const head = this.#head;
    if (head === null || this.line.method === 'HEAD' || head.status === 204 || head.status === 304) return true;
    return head.framed;
  }

  #countInformational(status: number): void {
    this.#informational += 1;
    this.#firstByte = true;
    if (this.#informational <= this.#plan.maxInformational) return;
    this.fail(tooManyInterim(this.line, status, this.#plan.maxInformational));
  }

  #translate(error: Error): Error {
    const { line, origin } = this.#plan;
    return translateError(error, {
      line,
      origin,
      started: this.#controller !== null,
      answered: this.#head !== null,
      bytes: this.bytes,
    });
  }
}
