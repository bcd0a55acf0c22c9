// Origins that refuse, for now or for good, and say when to come back in every way there is; and bodies that are not
// what they say.

import type { Exchange } from './exchange.ts';
import { hostile } from './hostile-case.ts';
import type { HostileExpectation, HostilePlay } from './hostile-case.ts';

const refusal = 'Not like this.\n';
const errorPage = '<!doctype html><title>Error</title><p>Something went wrong.\n';

export const statusCases: readonly HostilePlay[] = [
  comeBack('retry-after-seconds', 503, 'retry', 'The whole origin is left alone for 1 s.', () => ['Retry-After: 1']),
  comeBack('retry-after-date', 503, 'retry', 'The time is counted from Date, not from the local clock.', () => [
    `Date: ${new Date(0).toUTCString()}`,
    `Retry-After: ${new Date(1000).toUTCString()}`,
  ]),
  comeBack('retry-after-past', 503, 'retry', 'A time in the past is now.', () => [
    `Date: ${new Date(1000).toUTCString()}`,
    `Retry-After: ${new Date(0).toUTCString()}`,
  ]),
  comeBack('retry-after-huge', 503, 'final', 'More than an hour is not waited for.', () => ['Retry-After: 999999999']),
  comeBack('retry-after-over-64-bits', 503, 'retry', 'It is no number of seconds: the ordinary back-off holds.', () => [
    `Retry-After: ${'9'.repeat(40)}`,
  ]),
  comeBack('retry-after-negative', 503, 'retry', 'It is no number of seconds: the ordinary back-off holds.', () => [
    'Retry-After: -5',
  ]),
  comeBack('retry-after-garbage', 503, 'retry', 'It is no number of seconds: the ordinary back-off holds.', () => [
    'Retry-After: 1e3 minutes',
  ]),
  comeBack(
    'retry-after-twice',
    503,
    'retry',
    'Two values are none, or the first: never their sum, and no error of its own.',
    () => ['Retry-After: 1', 'Retry-After: 2'],
  ),
  comeBack('too-many-requests', 429, 'retry', 'The whole origin is left alone for 1 s.', () => ['Retry-After: 1']),
  ...[408, 425, 500, 502, 504, 520, 524].map((status) =>
    comeBack(`status-${status}`, status, 'retry', 'It may pass.', () => []),
  ),
  ...[400, 403, 404, 410, 451, 501, 505].map((status) =>
    comeBack(`status-${status}`, status, 'final', 'It will not pass.', () => []),
  ),
  comeBack('unauthorized', 401, 'final', 'The credentials are given once, then it is final.', () => [
    'WWW-Authenticate: Basic realm="a"',
  ]),
  comeBack(
    'proxy-unauthorized',
    407,
    'final',
    'From an origin it is an error; proxy credentials are not sent to it.',
    () => ['Proxy-Authenticate: Basic realm="a"'],
  ),
  said(
    'error-page-with-200',
    'Answers 200 with a page that says it failed.',
    errorPage,
    ['Content-Type: text/html'],
    'It is a success; only the caller can know better (type, size, digest).',
  ),
  said(
    'charset-wrong',
    'Calls Latin-1 text UTF-8.',
    'caf\u00e9\n',
    ['Content-Type: text/plain; charset=utf-8'],
    'Text is decoded with a replacement character, never an error; bytes stay as they are.',
    'caf\ufffd\n',
  ),
  said(
    'charset-unknown',
    'Names a charset that nobody knows.',
    'plain\n',
    ['Content-Type: text/plain; charset=x-cow'],
    'Text is decoded as UTF-8.',
  ),
  said(
    'charset-against-bom',
    'Calls UTF-8 text with a byte order mark Latin-1.',
    '\u00ef\u00bb\u00bfcaf\u00c3\u00a9\n',
    ['Content-Type: text/plain; charset=iso-8859-1'],
    'The mark beats the charset, and is no part of the text.',
    'caf\u00e9\n',
  ),
];

/** A failure each time, with these fields. */
function comeBack(
  name: string,
  status: number,
  download: HostileExpectation['download'],
  rule: string,
  fields: () => readonly string[],
): HostilePlay {
  return hostile({
    name,
    plays: `Answers ${[status, ...fields()].join(', ')} each time.`,
    status,
    client: 'response',
    download,
    rule,
    body: refusal,
    play: (exchange: Exchange) => exchange.answer({ status, fields: fields(), body: refusal }),
  });
}

/** A success with these bytes (one a character), which decode to `text`. */
function said(
  name: string,
  plays: string,
  bytes: string,
  fields: readonly string[],
  rule: string,
  text: string = bytes,
): HostilePlay {
  return hostile({
    name,
    plays,
    client: 'response',
    download: 'stored',
    rule,
    body: text,
    stored: Buffer.from(bytes, 'latin1'),
    play: (exchange) => exchange.answer({ fields, body: bytes }),
  });
}
