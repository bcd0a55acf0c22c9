import { describe, expect, test } from 'vitest';
import { bytes, count, duration, plural, printable, shorten } from './format.ts';

describe('numbers for people', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [45_250_000, '45.3 MB'],
    [99_940, '99.9 kB'],
    [99_960, '100 kB'],
    [999_600, '1.0 MB'],
    [5e18, '5000 PB'],
  ])('%d bytes are %s', (value, text) => expect(bytes(value)).toBe(text));

  test.each([
    [0, '0 ms'],
    [850.4, '850 ms'],
    [3_400, '3.4 s'],
    [59_949, '59.9 s'],
    [59_950, '1:00 min'],
    [125_000, '2:05 min'],
    [3_725_000, '1:02:05 h'],
  ])('%d milliseconds are %s', (value, text) => expect(duration(value)).toBe(text));

  test('thousands are set apart, and one is one', () => {
    expect([count(1234567), plural(1, 'file'), plural(2, 'file'), plural(0, 'try', 'tries')]).toEqual([
      '1,234,567',
      '1 file',
      '2 files',
      '0 tries',
    ]);
  });
});

describe('texts for a terminal', () => {
  test('are cut in the middle', () => {
    expect(shorten('http://example.com/a/very/long/path.jpg', 20)).toBe('http://…ong/path.jpg');
    expect(shorten('short', 20)).toBe('short');
  });

  test('hold nothing that a terminal obeys, and stay on one line', () => {
    expect(printable('a\u001b[2Jb\r\nc\u202ed\u2028e')).toBe('a [2Jb c d e');
  });
});
