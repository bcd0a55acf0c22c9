import { expect, test } from 'vitest';
import { answerRange, isNotModified } from './byte-range.ts';

const validators = { etag: '"one"', lastModified: 'Wed, 01 Jan 2020 00:00:00 GMT' };
const whole = { status: 200 };
const none = { status: 416 };

test.each([
  ['no range', {}, whole],
  ['the first byte', { range: 'bytes=0-0' }, { status: 206, start: 0, end: 1 }],
  ['a middle', { range: 'bytes=10-19' }, { status: 206, start: 10, end: 20 }],
  ['an open end', { range: 'bytes=90-' }, { status: 206, start: 90, end: 100 }],
  ['an end beyond the file', { range: 'bytes=90-500' }, { status: 206, start: 90, end: 100 }],
  ['a suffix', { range: 'bytes=-10' }, { status: 206, start: 90, end: 100 }],
  ['a suffix longer than the file', { range: 'bytes=-500' }, { status: 206, start: 0, end: 100 }],
  ['the unit in capitals', { range: 'Bytes=0-9' }, { status: 206, start: 0, end: 10 }],
  ['a start at the end of the file', { range: 'bytes=100-' }, none],
  ['a suffix of nothing', { range: 'bytes=-0' }, none],
  ['an end before the start', { range: 'bytes=20-10' }, whole],
  ['no number', { range: 'bytes=-' }, whole],
  ['another unit', { range: 'lines=1-2' }, whole],
  ['several ranges', { range: 'bytes=0-1,5-6' }, whole],
  ['rubbish', { range: 'bytes=a-b' }, whole],
  ['If-Range with the same tag', { range: 'bytes=90-', 'if-range': '"one"' }, { status: 206, start: 90, end: 100 }],
  ['If-Range with another tag', { range: 'bytes=90-', 'if-range': '"two"' }, whole],
  ['If-Range with the tag made weak', { range: 'bytes=90-', 'if-range': 'W/"one"' }, whole],
  [
    'If-Range with the same date',
    { range: 'bytes=90-', 'if-range': validators.lastModified },
    { status: 206, start: 90, end: 100 },
  ],
  ['If-Range with a later date', { range: 'bytes=90-', 'if-range': 'Thu, 02 Jan 2020 00:00:00 GMT' }, whole],
])('of a file of 100 bytes, %s', (_what, headers, answer) => {
  expect(answerRange(headers, 100, validators)).toEqual(answer);
});

test('an empty file has no range at all', () => {
  expect(answerRange({ range: 'bytes=0-' }, 0, validators)).toEqual(none);
  expect(answerRange({ range: 'bytes=-1' }, 0, validators)).toEqual(none);
});

test.each([
  ['no condition', {}, false],
  ['the same tag', { 'if-none-match': '"one"' }, true],
  ['the same tag made weak', { 'if-none-match': 'W/"one"' }, true],
  ['the same tag among others', { 'if-none-match': '"two", "one"' }, true],
  ['any tag', { 'if-none-match': '*' }, true],
  ['another tag', { 'if-none-match': '"two"' }, false],
  [
    'another tag, though the date is the same',
    { 'if-none-match': '"two"', 'if-modified-since': validators.lastModified },
    false,
  ],
  ['the same date', { 'if-modified-since': validators.lastModified }, true],
  ['an earlier date', { 'if-modified-since': 'Tue, 31 Dec 2019 00:00:00 GMT' }, false],
  ['no date', { 'if-modified-since': 'yesterday' }, false],
])('a copy with %s', (_what, headers, good) => {
  expect(isNotModified(headers, validators)).toBe(good);
});
