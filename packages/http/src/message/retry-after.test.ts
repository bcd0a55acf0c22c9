import { describe, expect, test } from 'vitest';
import { parseHttpDate, retryAfterOf } from './retry-after.ts';

const at = Date.UTC(1994, 10, 6, 8, 49, 37);

describe('an HTTP date', () => {
  test.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
    '%s',
    (text) => expect(parseHttpDate(text)).toBe(at),
  );

  test.each([
    '',
    '1994-11-06T08:49:37Z',
    'Sun, 31 Feb 1994 08:49:37 GMT',
    'Sun, 06 Foo 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 25:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 CET',
    'Sun, 06 Nov 1994 08:49:37 GMT, later',
  ])('%o is none', (text) => expect(parseHttpDate(text)).toBe(null));

  test('with a year of two digits is at most 50 years ahead', () => {
    const now = Date.UTC(2026, 0, 1);
    const year = (two: string): number =>
      new Date(parseHttpDate(`Sunday, 06-Nov-${two} 08:49:37 GMT`, now) ?? 0).getUTCFullYear();
    expect([year('26'), year('76'), year('77'), year('99')]).toEqual([2026, 2076, 1977, 1999]);
  });
});

describe('Retry-After', () => {
  test.each([
    ['0', 0],
    ['120', 120_000],
    [' 120 ', 120_000],
    ['999999999', 999_999_999_000],
    ['1234567890', null],
    ['1.5', null],
    ['-1', null],
    ['+1', null],
    ['soon', null],
    ['', null],
    ['1, 2', null],
    ['Sun, 06 Nov 1994 08:50:37 GMT', 60_000],
    ['Sun, 06 Nov 1994 08:00:00 GMT', 0],
  ])('%o asks for %o', (value, ms) => expect(retryAfterOf(value, null, at)).toBe(ms));

  test('a date is measured by the response’s own Date, where that is one', () => {
    const after = 'Sun, 06 Nov 1994 08:50:37 GMT';
    expect(retryAfterOf(after, 'Sun, 06 Nov 1994 08:50:07 GMT', at)).toBe(30_000);
    expect(retryAfterOf(after, 'now', at)).toBe(60_000);
  });

  test('none asks for nothing', () => expect(retryAfterOf(null, null)).toBe(null));
});
