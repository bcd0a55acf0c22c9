import { expect, test } from 'vitest';
import { bareName, hintOf } from './names-elsewhere.ts';

test('names of aiohttp are the same without underscores', () => {
  expect(bareName('limit_per_host')).toBe(bareName('limitPerHost'));
});

test.each([
  ['body', ['data', 'json', 'form'], 'is data or json meant?'],
  ['body', ['form'], null],
  ['params', ['method', 'query'], 'is query meant?'],
  ['ttl_dns_cache', ['dnsCacheTtl'], 'is dnsCacheTtl meant?'],
  ['force_close', ['keepAlive'], 'is keepAlive: false meant?'],
  ['verify_ssl', ['tls'], 'is tls: { rejectUnauthorized } meant?'],
  ['userAgent', ['headers'], "is headers: { 'user-agent': … } meant?"],
  ['cookieJar', ['headers'], 'it is an option of a ClientSession'],
  ['responseType', ['headers'], 'the response has json(), text(), bytes() and stream()'],
  ['constructor', ['headers'], null],
])('of %j among %j it says %j', (given, known, words) => {
  expect(hintOf(given, known)).toBe(words);
});
