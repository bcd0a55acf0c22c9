import { describe, expect, test } from 'vitest';
import {
  KnownUrls,
  describeUrl,
  listParams,
  mergeParams,
  resolveUrl,
  splitUrl,
  type ParamsInput,
} from './request-url.ts';
import { flattenHeaders, listHeaders, mergeHeaders } from './request-headers.ts';

const href = (input: string, params: ParamsInput = [], base: string | null = null): string =>
  resolveUrl('GET', input, base === null ? null : new URL(base), listParams(params)).url.href;

describe('URLs', () => {
  test.each([
    ['http://a.test/x?b=1', undefined, 'http://a.test/x?b=1'],
    ['http://a.test/x?b=1#f', { c: 2 }, 'http://a.test/x?b=1&c=2#f'],
    ['http://a.test/?q=a%20b+c', { d: 'é&=' }, 'http://a.test/?q=a%20b+c&d=%C3%A9%26%3D'],
    [
      'http://a.test',
      [
        ['z', 1],
        ['a', true],
        ['z', 2n],
      ],
      'http://a.test/?z=1&a=true&z=2',
    ],
    ['http://a.test', new URLSearchParams('x=1&x=2'), 'http://a.test/?x=1&x=2'],
    ['http://a.test', '?x=1&y', 'http://a.test/?x=1&y='],
    ['HTTP://A.test:80/%7Eb', undefined, 'http://a.test/%7Eb'],
  ] as [string, ParamsInput | undefined, string][])('%s with %o', (url, params, expected) => {
    expect(href(url, params)).toBe(expected);
  });

  test('are resolved against a base', () => {
    expect(href('c?d', [], 'http://a.test/b/')).toBe('http://a.test/b/c?d');
    expect(href('', [], 'http://a.test/b/')).toBe('http://a.test/b/');
    expect(href('//b.test/', [], 'http://a.test/b/')).toBe('http://b.test/');
  });

  test('a URL object is copied, not changed', () => {
    const url = new URL('http://u:p@a.test/');
    const resolved = resolveUrl('GET', url, null, [['x', '1']]);
    expect([url.href, resolved.url.href, resolved.authorization]).toEqual([
      'http://u:p@a.test/',
      'http://a.test/?x=1',
      'Basic dTpw',
    ]);
  });

  test('a user name with bytes that are no percent-code stays as it is', () => {
    expect(resolveUrl('GET', 'http://50%:x@a.test/', null, []).authorization).toBe(
      `Basic ${Buffer.from('50%:x').toString('base64')}`,
    );
  });

  test.each([
    ['http://a.test/', 'http://a.test', '/'],
    ['https://a.test:8443/b?c=/d#e', 'https://a.test:8443', '/b?c=/d'],
    ['http://[::1]:81/?x', 'http://[::1]:81', '/?x'],
  ])('%s is split', (url, origin, path) => {
    const parts = splitUrl(url);
    expect(parts).toEqual({ href: url, whole: origin + path, origin, path });
    expect(parts.origin).toBe(new URL(url).origin);
    expect(describeUrl(new URL(url))).toBe(parts.whole);
  });
});

test('a request’s parameter replaces the session’s of that name', () => {
  expect(
    mergeParams(
      [
        ['a', '1'],
        ['b', '2'],
        ['a', '3'],
      ],
      [
        ['a', '4'],
        ['c', '5'],
      ],
    ),
  ).toEqual([
    ['b', '2'],
    ['a', '4'],
    ['c', '5'],
  ]);
});

test('header fields: names in lower case, lists as lines of their own, a later name in place of an earlier', () => {
  const fields = listHeaders({ 'X-One': '1', 'X-List': ['a', 'b'], 'X-Number': 5, 'X-None': undefined });
  expect(flattenHeaders(fields)).toEqual(['x-one', '1', 'x-list', 'a', 'x-list', 'b', 'x-number', '5']);
  expect(mergeHeaders(fields, listHeaders([['x-LIST', 'c']]))).toEqual([
    ['x-one', '1'],
    ['x-number', '5'],
    ['x-list', 'c'],
  ]);
});

test('a text that was asked for before is known, one with a password is not', () => {
  const urls = new KnownUrls();
  const base = new URL('http://a.test/x/');
  const first = urls.resolve('GET', 'y?z=1', base);
  expect(first.url).toMatchObject({ origin: 'http://a.test', path: '/x/y?z=1' });
  expect(urls.resolve('POST', 'y?z=1', base)).toBe(first);
  expect(urls.resolve('GET', new URL('http://b.test/'), base).url.origin).toBe('http://b.test');
  const secret = urls.resolve('GET', 'http://u:p@a.test/', base);
  expect(secret.authorization).toMatch(/^Basic /);
  expect(urls.resolve('GET', 'http://u:p@a.test/', base)).not.toBe(secret);
  for (let i = 0; i < 100; i++) urls.resolve('GET', `${i}`, base);
  expect(urls.resolve('GET', 'y?z=1', base)).toEqual(first);
  expect(urls.resolve('GET', 'y?z=1', base)).not.toBe(first);
});
