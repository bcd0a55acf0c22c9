// Serves one sample set. A request either meets the file's misbehaviour or gets the file; attempts are counted for each
// file, so "fails twice" is exact however many files are under way at once.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Handler } from '../start-server.ts';
import type { Hop } from './behaviour.ts';
import { answerRange, isNotModified } from './byte-range.ts';
import type { SampleCatalogue } from './sample-catalogue.ts';
import type { SampleFile } from './sample-file.ts';

/** Answers `GET` and `HEAD` of `/files/INDEX/NAME` and of `/moved/HOP/INDEX/NAME`; the name is not looked at. */
export function sampleHandler(catalogue: SampleCatalogue): Handler {
  const attempts = new Map<number, number>();
  return (request, response) => {
    const place = placeOf(request.url ?? '');
    if (place === null || !catalogue.has(place.index)) return refuse(response, 404, 'There is no such sample file.\n');
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return refuse(response, 405, 'Only GET and HEAD.\n', { allow: 'GET, HEAD' });
    const file = catalogue.fileAt(place.index);
    const answer: Answer = { request, response, file, body: catalogue.content.of(file) };
    // HEAD shows the file as it is and counts as no attempt, but a redirect holds for every method.
    if (request.method === 'HEAD' && file.behaviour.kind !== 'redirect') return serve(answer);
    misbehave(answer, place.hop, () => countAttempt(attempts, file.index));
  };
}

interface Answer {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly file: SampleFile;
  readonly body: Buffer;
}

interface Place {
  readonly index: number;
  /** How many redirects have been followed. */
  readonly hop: number;
}

function placeOf(target: string): Place | null {
  const match = /^\/(?:files|moved\/(\d))\/(\d{1,9})\//.exec(target);
  return match === null ? null : { hop: Number(match[1] ?? 0), index: Number(match[2]) };
}

function countAttempt(attempts: Map<number, number>, index: number): number {
  const attempt = (attempts.get(index) ?? 0) + 1;
  attempts.set(index, attempt);
  return attempt;
}

function misbehave(answer: Answer, hop: number, nextAttempt: () => number): void {
  const { behaviour } = answer.file;
  switch (behaviour.kind) {
    case 'plain':
      return serve(answer);
    case 'slow-start':
      return later(answer.response, behaviour.delay, () => serve(answer));
    case 'trickle':
      return serve(answer, (part) => trickle(answer.response, part, behaviour.pieces, behaviour.gap));
    case 'redirect': {
      const next = behaviour.hops[hop];
      return next === undefined ? serve(answer) : redirect(answer, next, hop);
    }
    case 'unavailable': {
      const attempt = nextAttempt();
      return attempt > behaviour.times
        ? serve(answer)
        : beUnavailable(answer.response, attempt === 1 ? behaviour.retryAfter : null);
    }
    case 'reset': {
      const attempt = nextAttempt();
      if (attempt > behaviour.times) return serve(answer);
      return attempt === 1
        ? reset(answer.response)
        : serve(answer, (part) => sendHalf(answer.response, part, () => reset(answer.response)));
    }
    case 'cut':
      if (nextAttempt() > 1) return serve(answer);
      return serve(answer, (part) => sendHalf(answer.response, part, () => answer.response.destroy()));
  }
}

/** The head that the file and the request's conditions call for; `send` then sends the body, all at once by default. */
function serve(
  { request, response, file, body }: Answer,
  send: (part: Buffer) => void = (part) => void response.end(part),
): void {
  const validators = ['ETag', file.etag, 'Last-Modified', file.lastModified, 'Accept-Ranges', 'bytes'];
  if (isNotModified(request.headers, file)) {
    response.writeHead(304, validators).end();
    return;
  }
  const range = request.method === 'GET' ? answerRange(request.headers, body.length, file) : ({ status: 200 } as const);
  if (range.status === 416) return refuse(response, 416, '', { 'content-range': `bytes */${body.length}` });
  const part = range.status === 206 ? body.subarray(range.start, range.end) : body;
  const head = [...validators, 'Content-Type', file.contentType, 'Content-Length', String(part.length)];
  if (range.status === 206) head.push('Content-Range', `bytes ${range.start}-${range.end - 1}/${body.length}`);
  response.writeHead(range.status, head);
  send(part);
}

function redirect({ response, file }: Answer, hop: Hop, followed: number): void {
  const target = `moved/${followed + 1}/${file.index}/${asciiOf(file.name)}`;
  const up = followed === 0 ? '../../' : '../../../';
  const host = response.req.headers.host ?? '';
  const location = { absolute: `http://${host}/${target}`, path: `/${target}`, relative: `${up}${target}` }[
    hop.location
  ];
  response.writeHead(hop.status, { location, 'content-type': 'text/plain', 'content-length': 6 }).end('Moved\n');
}

/** A `Location` is ASCII: letters that the list holds as they are get escaped, escapes stay as they are. */
function asciiOf(name: string): string {
  return name.replace(/[^\x21-\x7e]+/g, encodeURIComponent);
}

function beUnavailable(response: ServerResponse, retryAfter: number | null): void {
  refuse(response, 503, 'Busy, try again.\n', retryAfter === null ? {} : { 'retry-after': String(retryAfter) });
}

function refuse(response: ServerResponse, status: number, words: string, headers: Record<string, string> = {}): void {
  response
    .writeHead(status, { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(words), ...headers })
    .end(words);
}

function reset(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

function sendHalf(response: ServerResponse, part: Buffer, end: () => void): void {
  response.write(part.subarray(0, part.length >> 1), end);
}

function trickle(response: ServerResponse, rest: Buffer, pieces: number, gap: number): void {
  if (pieces <= 1) {
    response.end(rest);
    return;
  }
  const size = Math.ceil(rest.length / pieces);
  response.write(rest.subarray(0, size));
  later(response, gap, () => trickle(response, rest.subarray(size), pieces - 1, gap));
}

/** Runs `next` in `ms`, unless the client has gone by then. */
function later(response: ServerResponse, ms: number, next: () => void): void {
  const timer = setTimeout(() => {
    response.off('close', forget);
    next();
  }, ms);
  const forget = (): void => clearTimeout(timer);
  response.once('close', forget);
}
