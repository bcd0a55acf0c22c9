/**
 * An exchange that is recorded: it stands between the connection and the exchange above, hands everything on and keeps a copy
 * within a bound. Nothing that it does can end the exchange, or change what comes of it.
 */
import type { Dispatcher } from 'undici';
import type { LookupSource } from '../connections/cached-lookup.ts';
import type { ContinueWatcher } from '../connections/continue-gate.ts';
import type { ConnectStep } from '../connections/dial.ts';
import type { Carrier, LaneUser } from '../connections/lane.ts';
import type { RawHeaders } from '../make-headers.ts';
import { ResponseHead, type ParsedHeaders } from '../message/response-head.ts';
import type { StoredEnd } from './cassette-exchange.ts';
import type { Place } from './network-fault.ts';
import type { SentRequest } from './sent-request.ts';
import { storeError } from './stored-error.ts';

/** Errors of connections that this side has ended. */
const endedHere = new Set<unknown>(['UND_ERR_DESTROYED', 'UND_ERR_CLOSED', 'UND_ERR_ABORTED']);

/** Bytes up to a bound; how many there were is known in any case. */
class BoundedBytes {
  length = 0;
  readonly #chunks: Uint8Array[] = [];
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  add(chunk: Uint8Array | string): void {
    const bytes = Buffer.from(chunk);
    this.length += bytes.byteLength;
    if (this.length > this.#most) this.#chunks.length = 0;
    else this.#chunks.push(bytes);
  }

  /** Null where they were too many. */
  get bytes(): Uint8Array | null {
    return this.length > this.#most ? null : Buffer.concat(this.#chunks);
  }
}

/** What a response began with. */
export interface RecordedHead {
  readonly status: number;
  readonly reason: string;
  readonly headers: RawHeaders;
}

/** When an exchange came to its places, on the loop's clock. */
export type RecordedTimes = { -readonly [Name in Place | 'body' | 'ended']?: number };

/** One exchange, as it happens. */
export class Recording implements LaneUser {
  readonly request: SentRequest;
  readonly sent: BoundedBytes;
  readonly received: BoundedBytes;
  /** True when the whole of the request's body is known: it was there from the beginning, or has gone out. */
  sentWhole: boolean;
  head: RecordedHead | null = null;
  /** Null while it goes on. */
  end: StoredEnd | null = null;
  readonly times: RecordedTimes = {};
  /** Where it is. */
  place: Place = 'connecting';
  readonly #user: LaneUser;
  readonly #now: () => number;
  readonly #isStream: boolean;
  #controller: RecordedController | null = null;

  /** Keeps `most` bytes of each body; `content` is the request's. */
  constructor(
    request: SentRequest,
    content: Dispatcher.DispatchOptions['body'],
    user: LaneUser,
    most: number,
    now: () => number,
  ) {
    this.request = request;
    this.#user = user;
    this.sent = new BoundedBytes(most);
    this.#isStream = content !== null && content !== undefined && !(content instanceof Uint8Array);
    this.sentWhole = !this.#isStream;
    if (content instanceof Uint8Array) this.sent.add(content);
    this.received = new BoundedBytes(most);
    this.#now = now;
  }

  /** This side has ended it. */
  cut(): void {
    this.#finish({ cut: this.place });
  }

  #at(place: Place): void {
    this.place = place;
    this.times[place] = this.#now();
  }

  #finish(end: StoredEnd): void {
    if (this.end !== null) return;
    this.end = end;
    this.times.ended = this.#now();
  }

  // ---- what the lane tells, and asks -----------------------------------------------------------------------------

  get wantsFreshLane(): boolean {
    return this.#user.wantsFreshLane;
  }

  get wantsHttp1(): boolean {
    return this.#user.wantsHttp1;
  }

  get continueWatcher(): ContinueWatcher | null {
    return this.#user.continueWatcher;
  }

  get countsReads(): boolean {
    return this.#user.countsReads;
  }

  onLane(lane: Carrier): void {
    this.#user.onLane(lane);
  }

  onConnecting(): void {
    this.#user.onConnecting();
  }

  onJoining(): void {
    this.#user.onJoining();
  }

  onConnectStep(step: ConnectStep): void {
    this.#at(step);
    this.#user.onConnectStep(step);
  }

  onLookup(source: LookupSource): void {
    this.#user.onLookup(source);
  }

  onRead(total: number): void {
    this.#user.onRead(total);
  }

  // ---- what undici tells -----------------------------------------------------------------------------------------

  onRequestStart(controller: Dispatcher.DispatchController, context: object): void {
    this.#at('sending');
    this.#controller = new RecordedController(controller, this);
    this.#user.onRequestStart?.(this.#controller, context);
  }

  onBodySent(chunk: Buffer): void {
    if (this.#isStream) this.sent.add(chunk);
    this.#user.onBodySent?.(chunk);
  }

  onRequestSent(): void {
    this.sentWhole = true;
    if (this.place === 'sending') this.place = 'head';
    this.#user.onRequestSent?.();
  }

  onResponseStarted(): void {
    this.#user.onResponseStarted?.();
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: ParsedHeaders,
    reason?: string,
  ): void {
    if (status >= 200) {
      this.#at('body');
      const head = new ResponseHead(status, reason ?? '', headers, controller.rawHeaders);
      this.head = { status, reason: head.reason, headers: head.rawHeaders.filter(([name]) => !name.startsWith(':')) };
    }
    this.#user.onResponseStart?.(this.#controller ?? controller, status, headers, reason);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.end === null) this.received.add(chunk);
    this.#user.onResponseData?.(this.#controller ?? controller, chunk);
  }

  onResponseEnd(controller: Dispatcher.DispatchController, trailers: Record<string, string | string[]>): void {
    this.#finish('whole');
    this.#user.onResponseEnd?.(this.#controller ?? controller, trailers);
  }

  onResponseError(controller: Dispatcher.DispatchController | null, error: Error): void {
    if ('code' in error && endedHere.has(error.code)) this.cut();
    else this.#finish({ error: storeError(error, this.place) });
    this.#user.onResponseError(this.#controller ?? controller, error);
  }
}

/** undici's controller, by which a recording hears that its exchange is given up. */
class RecordedController implements Dispatcher.DispatchController {
  readonly #controller: Dispatcher.DispatchController;
  readonly #recording: Recording;

  constructor(controller: Dispatcher.DispatchController, recording: Recording) {
    this.#controller = controller;
    this.#recording = recording;
  }

  get aborted(): boolean {
    return this.#controller.aborted;
  }

  get paused(): boolean {
    return this.#controller.paused;
  }

  get reason(): Error | null {
    return this.#controller.reason;
  }

  get rawHeaders(): NonNullable<Dispatcher.DispatchController['rawHeaders']> | null {
    return this.#controller.rawHeaders ?? null;
  }

  abort(reason: Error): void {
    this.#recording.cut();
    this.#controller.abort(reason);
  }

  pause(): void {
    this.#controller.pause();
  }

  resume(): void {
    this.#controller.resume();
  }
}
