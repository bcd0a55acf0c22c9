/**
 * A request that a script answers in place of a connection. To the exchange above it is a lane: it hears of the connecting,
 * of what was sent, of the response and its pieces, in undici's order, and can pause, resume and end it. All of it runs as a
 * task on the caller's loop, so that it takes that loop's time and no other.
 */
import { isIP } from 'node:net';
import { Readable } from 'node:stream';
import { coroutine, CancelledError, Event, getEventLoop, sleep, type GeneratorBody, type Task } from 'cotask';
import { errors, type Dispatcher } from 'undici';
import type { Carrier, LaneUser } from '../connections/lane.ts';
import { AddressRefusal } from '../connections/guarded-lookup.ts';
import { isPublicAddress } from '../connections/public-address.ts';
import { fromSoonPromise } from './held-time.ts';
import { MockReplyError } from './mock-errors.ts';
import type { Place } from './network-fault.ts';
import { connectPlaces, type Answer, type BodyPiece, type Course, type Script } from './script.ts';
import type { SentRequest } from './sent-request.ts';

/** So much of a body comes in one piece, as from a socket. */
const pieceBytes = 65_536;

/** Who answers. */
export interface ScriptOwner {
  readonly maxHeaderSize: number;
  readonly publicAddressesOnly: boolean;
  /** Says what happens to the request; `body` waits for the whole of its body. */
  choose(request: SentRequest, body: () => GeneratorBody<void>): GeneratorBody<Script>;
  /** True when there is a connection to the origin that the request may have. */
  takeConnection(origin: string): boolean;
  /** The request is over; its connection is free where it is `reusable`. */
  requestOver(exchange: ScriptedExchange, reusable: boolean): void;
}

const play = coroutine(function* (exchange: ScriptedExchange) {
  yield* exchange.play();
});

/** One request that a script answers. */
export class ScriptedExchange implements Carrier, Dispatcher.DispatchController {
  readonly version = '1.1';
  /** Never: there is no second try of its own accord, as on a connection that a server has closed while it was idle. */
  readonly used = false;
  readonly reset = false;
  readonly alert = null;
  aborted = false;
  paused = false;
  reason: Error | null = null;
  rawHeaders: string[] | null = null;
  readonly request: SentRequest;
  readonly #owner: ScriptOwner;
  readonly #user: LaneUser;
  readonly #content: Dispatcher.DispatchOptions['body'];
  readonly #flowing = new Event({ name: 'a reader that goes on' });
  readonly #task: Task<void>;
  #chunks: Uint8Array[] | null = null;
  #over = false;

  constructor(owner: ScriptOwner, request: SentRequest, options: Dispatcher.DispatchOptions, user: LaneUser) {
    this.#owner = owner;
    this.request = request;
    this.#content = options.body;
    this.#user = user;
    this.#flowing.set();
    user.onLane(this);
    this.#task = getEventLoop().createTask(play(this), { name: `the answer to ${request.method} ${request.url}` });
  }

  // ---- what the exchange above says ------------------------------------------------------------------------------

  started(): void {}

  /** It may come while a cancel is being delivered, where nobody may be woken. */
  leave(reusable: boolean): void {
    if (this.#over) return;
    this.#over = true;
    this.#owner.requestOver(this, reusable);
    queueMicrotask(() => this.#task.cancel());
  }

  abort(reason: Error): void {
    this.aborted = true;
    this.reason = reason;
    this.leave(false);
  }

  pause(): void {
    this.paused = true;
    this.#flowing.clear();
  }

  resume(): void {
    this.paused = false;
    this.#flowing.set();
  }

  /** Ends it from outside: the connector is closed. */
  giveUp(error: Error): void {
    if (!this.#over) this.#user.onResponseError(this, error);
    this.leave(false);
  }

  // ---- what happens ----------------------------------------------------------------------------------------------

  /** @internal */
  *play(): GeneratorBody<void> {
    try {
      yield* this.#perform();
    } catch (error) {
      if (error instanceof CancelledError && this.#over) throw error;
      this.giveUp(error instanceof Error ? error : new MockReplyError('an answer failed', { cause: error }));
      if (error instanceof CancelledError) throw error;
    }
  }

  *#perform(): GeneratorBody<void> {
    const script = yield* this.#owner.choose(this.request, () => this.#readBody(false));
    if (this.#over || !(yield* this.#connect(script))) return;
    this.#user.onRequestStart?.(this, {});
    if (this.#over || !(yield* this.#pass('sending', script))) return;
    yield* this.#readBody(true);
    if (this.#over) return;
    this.#user.onRequestSent?.();
    const answer = yield* script.answer(this.request);
    if (this.#over || !(yield* this.#pass('head', answer))) return;
    this.#sendHead(answer);
    if (this.#over || !(yield* this.#sendBody(answer))) return;
    this.#user.onResponseEnd?.(this, {});
  }

  /** Goes on at a place when its time has come; false when it goes no further. */
  *#pass(place: Place, { delays, ending }: Course): GeneratorBody<boolean> {
    const delay = delays[place] ?? 0;
    if (delay > 0) yield* sleep(delay);
    if (this.#over) return false;
    return place === 'body' || this.#goesOn(place, ending);
  }

  #goesOn(place: Place, ending: Course['ending']): boolean {
    if (ending?.place !== place) return true;
    if (ending.error !== null) this.#user.onResponseError(this, ending.error(siteOf(this.request)));
    return false;
  }

  *#connect(script: Script): GeneratorBody<boolean> {
    const { origin } = this.request;
    const steps = stepsTo(new URL(origin));
    const needed = connectPlaces.filter(
      (place) => script.ending?.place === place || script.delays[place] !== undefined,
    );
    const strange = needed.find((place) => !steps.some((step) => step === place));
    if (strange !== undefined)
      throw new MockReplyError(
        `${this.request.url}: a connection there has no place "${strange}" in which to end or wait`,
      );
    if (needed.length === 0 && this.#owner.takeConnection(origin)) return true;
    this.#user.onConnecting();
    for (const step of steps) {
      this.#user.onConnectStep(step);
      if (step === 'resolving') this.#user.onLookup('asked');
      if (step === 'connecting' && this.#isForbidden()) return false;
      if (!(yield* this.#pass(step, script))) return false;
    }
    return true;
  }

  /** An address is refused as the dialler refuses it. Names are not looked up. */
  #isForbidden(): boolean {
    const { hostname } = siteOf(this.request);
    if (!this.#owner.publicAddressesOnly || isIP(hostname) === 0 || isPublicAddress(hostname)) return false;
    this.#user.onResponseError(this, new AddressRefusal(hostname));
    return true;
  }

  /** Reads the body, unless it was read before its time; what is `sent` is told of. */
  *#readBody(sent: boolean): GeneratorBody<void> {
    if (this.#chunks === null) yield* this.#collect(sent);
    else if (sent) for (const chunk of this.#chunks) this.#user.onBodySent?.(Buffer.from(chunk));
    if (sent) this.#checkLength();
  }

  *#collect(sent: boolean): GeneratorBody<void> {
    const content = this.#content;
    const chunks: Uint8Array[] = [];
    if (content instanceof Uint8Array) chunks.push(content);
    else if (content instanceof Readable) yield* this.#pull(content, chunks);
    this.#chunks = chunks;
    this.request.hasBody(Buffer.concat(chunks));
    if (sent) for (const chunk of chunks) this.#user.onBodySent?.(Buffer.from(chunk));
  }

  *#pull(content: Readable, chunks: Uint8Array[]): GeneratorBody<void> {
    const source: AsyncIterator<unknown> = content[Symbol.asyncIterator]();
    for (;;) {
      const step = yield* fromSoonPromise(source.next());
      if (step.done === true || this.#over) return;
      const { value } = step;
      chunks.push(
        typeof value === 'string' ? Buffer.from(value) : value instanceof Uint8Array ? value : Buffer.from([]),
      );
    }
  }

  /** As undici does. */
  #checkLength(): void {
    const said = this.request.rawHeaders.find(([name]) => name === 'content-length');
    if (said !== undefined && Number(said[1]) !== this.request.body.byteLength)
      throw new errors.RequestContentLengthMismatchError();
  }

  #sendHead({ status, reason, headers }: Answer): void {
    let bytes = 0;
    for (const text of headers) bytes += text.length;
    if (bytes > this.#owner.maxHeaderSize) throw new errors.HeadersOverflowError();
    this.rawHeaders = [...headers];
    this.#user.onResponseStarted?.();
    this.#user.onResponseStart?.(this, status, parsed(headers), reason);
  }

  *#sendBody(answer: Answer): GeneratorBody<boolean> {
    if (!(yield* this.#pass('body', answer))) return false;
    if (mayHaveBody(this.request.method, answer.status)) {
      const pieces = answer.pieces();
      if (Symbol.iterator in pieces) for (const piece of pieces) yield* this.#sendPiece(piece);
      else yield* this.#sendStream(pieces[Symbol.asyncIterator]());
    }
    return !this.#over && this.#goesOn('body', answer.ending);
  }

  *#sendStream(pieces: AsyncIterator<BodyPiece>): GeneratorBody<void> {
    let step = yield* fromSoonPromise(pieces.next());
    try {
      for (; step.done !== true && !this.#over; step = yield* fromSoonPromise(pieces.next()))
        yield* this.#sendPiece(step.value);
    } finally {
      if (step.done !== true) void pieces.return?.();
    }
  }

  *#sendPiece(piece: BodyPiece): GeneratorBody<void> {
    if (typeof piece === 'number') return yield* this.#rest(piece);
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : Buffer.from(piece);
    for (let at = 0; at < bytes.byteLength && !this.#over; at += pieceBytes) {
      if (this.paused) yield* this.#flowing.wait();
      if (!this.#over) this.#user.onResponseData?.(this, bytes.subarray(at, at + pieceBytes));
    }
  }

  *#rest(ms: number): GeneratorBody<void> {
    if (!this.#over) yield* sleep(ms);
  }
}

function siteOf({ origin }: SentRequest): { hostname: string; port: number } {
  const { hostname, port, protocol } = new URL(origin);
  return { hostname: hostname.replace(/^\[|\]$/gu, ''), port: Number(port) || (protocol === 'https:' ? 443 : 80) };
}

type ConnectPlace = 'resolving' | 'connecting' | 'handshake';

function stepsTo({ hostname, protocol }: URL): ConnectPlace[] {
  const steps: ConnectPlace[] = ['connecting'];
  if (isIP(hostname.replace(/^\[|\]$/gu, '')) === 0) steps.unshift('resolving');
  if (protocol === 'https:') steps.push('handshake');
  return steps;
}

function mayHaveBody(method: string, status: number): boolean {
  return method !== 'HEAD' && status !== 204 && status !== 304;
}

/** Header fields as undici parses them. */
function parsed(headers: readonly string[]): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {};
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at]?.toLowerCase() ?? '';
    const value = headers[at + 1] ?? '';
    const known = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (known === undefined)
      Object.defineProperty(fields, name, { value, enumerable: true, writable: true, configurable: true });
    else fields[name] = Array.isArray(known) ? [...known, value] : [known, value];
  }
  return fields;
}
