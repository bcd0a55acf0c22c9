/**
 * What servers do to clients, and what this one makes of each: the hostile origin's cases by the pitfall they stand for, with
 * the very outcome, played by a program of their own, so that its memory can be told. hostile.test.ts compares the contents.
 */
import { hostileCases, startHostileOrigin } from '@cotask/test-servers';
import { spawn } from 'node:child_process';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildProgram } from './build-program.ts';
import type { HostileReport, HostileUrl } from './hostile-client-main.ts';

const message = 'COTASK_HTTP_MESSAGE';
const payload = 'COTASK_HTTP_PAYLOAD';
const lost = 'COTASK_HTTP_DISCONNECTED';
const silent = 'COTASK_HTTP_SOCKET_TIMEOUT sockRead';
const slow = 'COTASK_HTTP_TOO_SLOW minThroughput';
const coding = 'COTASK_HTTP_CONTENT_ENCODING';
const tooLarge = 'COTASK_HTTP_BODY_TOO_LARGE';
const tooOften = 'COTASK_HTTP_TOO_MANY_REDIRECTS';
const badScheme = 'COTASK_HTTP_REDIRECT_SCHEME';
const badUrl = 'COTASK_HTTP_REDIRECT_URL';

/** Each pitfall: the cases that play it, and how each ends. */
const pitfalls: { readonly [pitfall: string]: { readonly [name: string]: string } } = {
  'accepts and never answers': { 'no-answer': silent },
  'sends the head a byte at a time': { 'header-trickle': silent },
  'sends the body a byte at a time': { 'body-trickle': slow, 'body-stall': silent },
  'never ends the body': { 'endless-body': tooLarge, 'endless-chunks': tooLarge },
  'floods with interim responses': { 'interim-flood': message, 'interim-trickle': message },
  'sends interim responses unasked': {
    'interim-continue': message,
    'interim-early-hints': '200',
    'interim-upgrade': message,
  },
  'ends before it answers': { 'closed-before-answer': lost, 'reset-before-answer': lost, 'closed-in-head': lost },
  'ends in the body': { 'short-body': payload, 'short-body-once': payload, 'reset-in-body': payload },
  'sends more than it said': { 'surplus-bytes': '200', 'answer-on-idle-socket': '200' },
  'ends an idle connection': { 'closed-on-reuse': '200', 'reset-on-reuse': '200', 'close-announced-not-done': '200' },
  'marks no end of the body': { 'no-length': '200', 'no-length-reset': payload },
  'frames chunks wrongly': {
    'chunk-size-not-hex': payload,
    'chunk-size-over-64-bits': payload,
    'chunk-size-negative': payload,
    'chunk-lf-only': payload,
    'chunk-longer-than-its-size': payload,
    'last-chunk-missing': payload,
    'chunk-extension-endless': payload,
  },
  'smuggles: two lengths, or a length and chunks': {
    'length-and-chunked': message,
    'lengths-differ': message,
    'lengths-equal': message,
    'lengths-in-a-list': message,
  },
  'gives a length that is none': {
    'length-trailing-blank': message,
    'length-negative': message,
    'length-signed': message,
    'length-hexadecimal': message,
    'length-2-to-64': message,
    'length-2-to-53-plus-1': message,
  },
  'transfers in a coding': { 'transfer-encoding-gzip': message, 'transfer-encoding-unknown': message },
  'sends a body where there is none': {
    'no-content-with-body': '204',
    'not-modified-with-body': '304',
    'head-with-body': '200',
  },
  'sends an endless head': { 'head-of-one-mebibyte': message, 'head-endless': message },
  'sends thousands of fields': { 'head-of-many-fields': message, 'cookie-flood': message },
  'sends a head that is none': {
    'head-nul': message,
    'head-bare-cr': message,
    'head-folded': message,
    'head-lf-only': message,
    'head-blank-before-colon': message,
    'head-without-colon': message,
    'head-empty-name': message,
  },
  'speaks something else': { 'http-0-9': message, 'ssh-banner': message, 'tls-alert': message },
  'sends bytes that are no ASCII': { 'header-latin-1': '200', 'header-utf-8': '200' },
  'sends a status that is none': {
    'status-not-a-number': message,
    'status-of-two-digits': message,
    'status-099': message,
    'status-600': '600',
    'status-999': '999',
    'version-2-0': '200',
    'status-without-reason': '200',
  },
  'sends fields after the body': { trailers: '200', 'trailer-with-length': payload },
  'wants to be asked first': { 'expectation-failed': '200' },
  'redirects for ever': { 'redirects-endless': tooOften, 'redirects-between-two': tooOften },
  'redirects to itself once, with a cookie': { 'redirect-to-self-with-cookie': '200' },
  'redirects with a body that never ends': { 'redirect-with-endless-body': '200', 'redirect-with-silent-body': '200' },
  'redirects to what is no web page': {
    'redirect-to-file': badScheme,
    'redirect-to-data': badScheme,
    'redirect-to-ftp': badScheme,
    'redirect-to-javascript': badScheme,
    'redirect-to-broken-url': badUrl,
    'redirect-to-bad-port': badUrl,
    'redirect-without-location': '302',
  },
  'redirects to a private address in disguise': { 'redirect-to-odd-loopback': '200' },
  'redirects elsewhere': { 'redirect-to-other-origin': '200', 'redirect-in-utf-8': '200' },
  'sets cookies for others': { 'cookie-for-another-domain': '200' },
  'asks to come back later': {
    'retry-after-seconds': '503',
    'retry-after-date': '503',
    'retry-after-past': '503',
    'retry-after-huge': '503',
    'retry-after-over-64-bits': '503',
    'retry-after-negative': '503',
    'retry-after-garbage': '503',
    'retry-after-twice': '503',
    'too-many-requests': '429',
  },
  'asks for credentials again and again': { unauthorized: '401', 'proxy-unauthorized': '407' },
  'sends a bomb': { 'gzip-bomb': tooLarge },
  'breaks a coding off, or names one that it does not use': {
    'gzip-cut': coding,
    'gzip-wrong-checksum': coding,
    'gzip-not-gzip': coding,
  },
  'codes in a way of its own': {
    'gzip-empty': '200',
    'gzip-with-garbage': '200',
    'gzip-twice': '200',
    'gzip-unasked': '200',
    'gzip-not-found': '404',
    'deflate-raw': '200',
  },
  'codes too often, or as nobody knows: the bytes as sent': { 'six-codings': '200', 'coding-unknown': '200' },
  'lies about its text': { 'charset-wrong': '200', 'charset-unknown': '200', 'charset-against-bom': '200' },
  'sends an error page with 200': { 'error-page-with-200': '200' },
};

/** Cases that concern a downloader, and plain statuses. */
const elsewhere = /^(range|file|name|status-\d{3}$)/u;
const program = fileURLToPath(new URL('hostile-client-main.ts', import.meta.url));

let report: HostileReport;

beforeAll(async () => {
  await using origin = await startHostileOrigin();
  await using folder = await mkdtempDisposable(join(tmpdir(), 'cotask-hostile-'));
  const urls: HostileUrl[] = hostileCases.map(({ name, method, headers, requests }) => [
    name,
    method,
    origin.urlOf(name, { key: 'memory' }),
    headers,
    requests,
  ]);
  const child = spawn(process.execPath, [await buildProgram(program, folder.path)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify(urls));
  report = JSON.parse(await text(child.stdout));
  await origin.waitForConnections(0);
}, 120_000);

describe.each(Object.entries(pitfalls))('a server that %s', (_pitfall, cases) => {
  test.each(Object.entries(cases))('%s: %s', (name, end) => expect(report.ends[name]).toBe(end));
});

test('every case that concerns a client stands for a pitfall', () => {
  const listed = new Set(Object.values(pitfalls).flatMap((cases) => Object.keys(cases)));
  const missing = hostileCases.map(({ name }) => name).filter((name) => !listed.has(name) && !elsewhere.test(name));
  expect(missing).toEqual([]);
  expect(Object.keys(report.ends).toSorted((a, b) => a.localeCompare(b))).toEqual(
    hostileCases.map(({ name }) => name).toSorted((a, b) => a.localeCompare(b)),
  );
});

test('all of it takes less than 150 MB', () => {
  expect(report.peak).toBeGreaterThan(30);
  expect(report.peak).toBeLessThan(150);
});
