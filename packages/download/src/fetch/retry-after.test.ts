import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { parseHttpDate, parseRetryAfter } from './retry-after.ts';

const NOW = Date.UTC(1994, 10, 6, 8, 49, 37);

describe('parseRetryAfter', () => {
  test.each([
    ['seconds', '120', 120_000],
    ['nothing to wait', '0', 0],
    ['blanks around', ' 7 ', 7_000],
    ['nine digits', '999999999', 999_999_999_000],
    ['an IMF-fixdate', 'Sun, 06 Nov 1994 08:50:37 GMT', 60_000],
    ['an RFC 850 date', 'Sunday, 06-Nov-94 08:50:37 GMT', 60_000],
    ['an asctime date', 'Sun Nov  6 08:50:37 1994', 60_000],
    ['a date that is over', 'Sun, 06 Nov 1994 08:00:00 GMT', 0],
    ['two fields, of which the longest counts', '5, 60', 60_000],
    ['a date and seconds', 'Sun, 06 Nov 1994 08:50:37 GMT, 5', 60_000],
  ])('reads %s', (_, value, wait) => {
    expect(parseRetryAfter(value, null, NOW)).toBe(wait);
  });

  test.each([
    '',
    '-5',
    '1000000000',
    '99999999999999999999',
    '1.5',
    '1e3',
    'soon',
    '0x10',
    'Sun, 06 Nov 1994 08:50:37 CET',
    'Sun, 99 Nov 1994 08:50:37 GMT',
    'x'.repeat(10_000),
  ])('makes nothing of %j', (value) => {
    expect(parseRetryAfter(value, null, NOW)).toBe(null);
  });

  test('says nothing where there is no field', () => {
    expect(parseRetryAfter(null, null, NOW)).toBe(null);
  });

  test("measures a date against the server's own clock", () => {
    const ahead = NOW + 86_400_000;
    expect(parseRetryAfter('Sun, 06 Nov 1994 08:50:37 GMT', 'Sun, 06 Nov 1994 08:49:07 GMT', ahead)).toBe(90_000);
    expect(parseRetryAfter('Sun, 06 Nov 1994 08:50:37 GMT', 'garbage', NOW)).toBe(60_000);
  });

  test('never gives a negative number or none, whatever stands in the field', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.nat().map(String), fc.stringMatching(/^[0-9A-Za-z,: -]*$/)), (value) => {
        const wait = parseRetryAfter(value, null, NOW);
        if (wait !== null) expect(wait).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('parseHttpDate', () => {
  test('takes two digits more than 50 years ahead for a year of the past', () => {
    expect(parseHttpDate('Sunday, 06-Nov-50 08:49:37 GMT', Date.UTC(2026, 0))).toBe(Date.UTC(2050, 10, 6, 8, 49, 37));
    expect(parseHttpDate('Sunday, 06-Nov-94 08:49:37 GMT', Date.UTC(2026, 0))).toBe(Date.UTC(1994, 10, 6, 8, 49, 37));
  });
});
