/** From what was recorded to what a file holds, and from that to what is replayed. */
import type { CassetteExchange, StoredTimings } from './cassette-exchange.ts';
import { fieldsOf, linesOf } from './cassette-exchange.ts';
import { MockReplyError } from './mock-errors.ts';
import type { Recording } from './recording.ts';
import { fitsRedacted, type Redactor } from './redactor.ts';
import { connectPlaces, type Answer, type Course, type Script } from './script.ts';
import type { SentRequest } from './sent-request.ts';
import type { RawHeaders } from '../make-headers.ts';
import { bytesOfBody, putCodingsOn, readBody, storeBody, textOfBody, type StoredBody } from './stored-body.ts';
import { restoreError } from './stored-error.ts';

/** Learns the secrets of recordings, so that one that a later exchange shows is removed from an earlier too. */
export function learnSecrets(recording: Recording, redactor: Redactor, most: number): void {
  const { request, head, sent, received } = recording;
  const textOf = (bytes: Uint8Array | null, headers: RawHeaders): string | null =>
    bytes === null ? null : (readBody(bytes, headers, most)?.text ?? null);
  redactor.learn(request.url, request.rawHeaders, textOf(sent.bytes, request.rawHeaders));
  if (head !== null) redactor.learn(null, head.headers, textOf(received.bytes, head.headers));
}

/** What the file holds of a recording. */
export function storeRecording(recording: Recording, redactor: Redactor, most: number): CassetteExchange {
  const { request, head, end, place } = recording;
  const { method, url, rawHeaders } = request;
  const stored = end ?? { cut: place };
  return {
    request: {
      method,
      url: redactor.url(url),
      headers: linesOf(redactor.headers(rawHeaders)),
      body: storedRequestBody(recording, redactor, most),
    },
    response:
      head === null
        ? null
        : {
            status: head.status,
            reason: redactor.error(head.reason),
            headers: linesOf(redactor.headers(head.headers)),
            body: storeBytes(recording.received, head.headers, redactor, most),
          },
    end: typeof stored === 'object' && 'error' in stored ? { error: cleanError(stored.error, redactor) } : stored,
    timings: timingsOf(recording),
  };
}

function cleanError<E extends { message: string; facts: Readonly<Record<string, string | number>> }>(
  error: E,
  redactor: Redactor,
): E {
  const facts = Object.entries(error.facts).map(([name, value]) => [
    name,
    typeof value === 'string' ? redactor.error(value) : value,
  ]);
  return { ...error, message: redactor.error(error.message), facts: Object.fromEntries(facts) };
}

function storedRequestBody({ request, sent, sentWhole }: Recording, redactor: Redactor, most: number): StoredBody {
  return sentWhole ? storeBytes(sent, request.rawHeaders, redactor, most) : { omitted: `it was not sent whole` };
}

function storeBytes(
  { bytes, length }: { readonly bytes: Uint8Array | null; readonly length: number },
  headers: RawHeaders,
  redactor: Redactor,
  most: number,
): StoredBody {
  if (bytes === null) return { omitted: `${length} bytes, more than maxBodySize (${most})` };
  const body = readBody(bytes, headers, most);
  if (body === null) return { omitted: `${length} bytes that cannot be decoded within maxBodySize (${most})` };
  return storeBody({ ...body, text: redactor.body(body.text, headers) });
}

function timingsOf({ times }: Recording): StoredTimings {
  const { resolving, connecting, handshake, sending, body, ended } = times;
  return {
    dns: span(resolving, connecting),
    connect: span(connecting, handshake ?? sending),
    tls: span(handshake, sending),
    firstByte: span(sending, body),
    body: span(body, ended),
  };
}

function span(from: number | undefined, to: number | undefined): number | null {
  return from === undefined || to === undefined ? null : Math.max(0, Math.round(to - from));
}

/** A stored exchange once more, with what was learned since it was stored. */
export function cleanAgain(exchange: CassetteExchange, redactor: Redactor): CassetteExchange {
  const { request, response } = exchange;
  const lines = (headers: readonly string[]): string[] => headers.map((line) => redactor.again(line));
  const body = (stored: StoredBody): StoredBody => cleanBody(stored, redactor);
  return {
    ...exchange,
    request: {
      ...request,
      url: redactor.again(request.url),
      headers: lines(request.headers),
      body: body(request.body),
    },
    response: response === null ? null : { ...response, headers: lines(response.headers), body: body(response.body) },
  };
}

function cleanBody(body: StoredBody, redactor: Redactor): StoredBody {
  const bytes = bytesOfBody(body);
  if (body === null || bytes === null) return body;
  const isText = !('base64' in body);
  const text = Buffer.from(bytes).toString(isText ? 'utf8' : 'latin1');
  const clean = redactor.again(text);
  return clean === text ? body : storeBody({ text: clean, isText });
}

/** What a request is compared by: as a recorded one is stored, secrets out of their places. */
export interface RequestKey {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

export function keyOf({ method, url, rawHeaders, body }: SentRequest, redactor: Redactor, most: number): RequestKey {
  const read = readBody(body, rawHeaders, most);
  const stored = read === null ? null : storeBody({ ...read, text: redactor.body(read.text, rawHeaders) });
  return { method, url: redactor.url(url), body: textOfBody(stored) ?? '' };
}

/** What of a request is not as it was recorded, one reason each. */
export function differencesOf({ request }: CassetteExchange, sent: RequestKey): string[] {
  const differences: string[] = [];
  if (request.method !== sent.method) differences.push(`the method is ${sent.method}, not ${request.method}`);
  if (!fitsRedacted(request.url, sent.url)) differences.push(`the URL is ${sent.url}, not ${request.url}`);
  const body = textOfBody(request.body);
  // A body that was left out can be any.
  if (body !== null && !fitsRedacted(body, sent.body)) differences.push(wordsOfBodies(sent.body, body));
  return differences;
}

function wordsOfBodies(sent: string, recorded: string): string {
  if (sent === '') return `it has no body, and was recorded with ${cut(recorded, 0)}`;
  if (recorded === '') return `its body is ${cut(sent, 0)}, and it was recorded without one`;
  let at = 0;
  while (at < sent.length && sent[at] === recorded[at]) at += 1;
  return `the body differs from character ${at + 1} on: it is ${cut(sent, at)}, not ${cut(recorded, at)}`;
}

function cut(text: string, at: number): string {
  const from = Math.max(0, at - 20);
  return `${from > 0 ? '…' : ''}${text.slice(from, from + 80)}${text.length > from + 80 ? '…' : ''}`;
}

/** What a stored exchange replays; with `timed`, at the pace at which it was recorded. */
export function scriptOf(exchange: CassetteExchange, timed: boolean): Script {
  const course = courseOf(exchange, timed);
  const answer = answerOf(exchange, course);
  // oxlint-disable-next-line require-yield -- the answer is there
  return {
    ...course,
    answer: function* () {
      return answer;
    },
  };
}

function courseOf({ end, timings, request }: CassetteExchange, timed: boolean): Course {
  const delays = timed
    ? {
        connecting: (timings.dns ?? 0) + (timings.connect ?? 0) + (timings.tls ?? 0),
        head: timings.firstByte ?? 0,
        body: timings.body ?? 0,
      }
    : {};
  if (end === 'whole') return { delays, ending: null };
  const { place, error } =
    'cut' in end ? { place: end.cut, error: null } : { place: end.error.place, error: end.error };
  const secure = request.url.startsWith('https:');
  // Through a proxy a connection has other places than one that is made straight.
  const known = connectPlaces.includes(place) && !(place === 'handshake' && secure) ? 'connecting' : place;
  return { delays, ending: { place: known, error: error === null ? null : () => restoreError(error) } };
}

function answerOf({ response, request }: CassetteExchange, course: Course): Answer {
  if (response === null) return { ...course, status: 200, reason: '', headers: [], pieces: () => [] };
  const { status, reason, body } = response;
  const given = fieldsOf(response.headers);
  const bytes = bytesOfBody(body);
  const coded = bytes === null ? new Uint8Array(0) : putCodingsOn(bytes, given);
  const lengthed =
    request.method === 'HEAD' || course.ending?.place === 'body' ? given : withLength(given, coded.byteLength);
  return {
    ...course,
    status,
    reason,
    headers: lengthed.flat(),
    pieces: () => {
      if (body !== null && 'omitted' in body)
        throw new MockReplyError(`${request.method} ${request.url}: its body was not recorded: ${body.omitted}`);
      return isEventStream(given) && bytes === coded ? eventsOf(coded) : [coded];
    },
  };
}

/** What was removed, or coded anew, is of another length. */
function withLength(headers: RawHeaders, length: number): RawHeaders {
  return headers.map(([name, value]) => [name, name.toLowerCase() === 'content-length' ? String(length) : value]);
}

function isEventStream(headers: RawHeaders): boolean {
  return headers.some(([name, value]) => name.toLowerCase() === 'content-type' && /event-stream/iu.test(value));
}

/** Events come one by one. */
function eventsOf(bytes: Uint8Array): Uint8Array[] {
  const text = Buffer.from(bytes).toString('latin1');
  return text.split(/(?<=\r\n\r\n|\n\n|\r\r)/u).map((event) => Buffer.from(event, 'latin1'));
}
