import { describe, expect, test } from 'vitest';
import type { DownloadEvent } from '../events.ts';
import type { BadLine, PlannedFile } from '../types.ts';
import { Tally } from './tally.ts';

const entry = (line: number, repeat = false): PlannedFile => ({
  ...{
    line,
    offset: 0,
    href: `http://h/${line}`,
    host: 'h',
    authorization: null,
    identity: `http://h/${line}`,
    file: `f${line}`,
    repeat,
  },
});
const stored = (line: number, fields: object = {}): DownloadEvent => ({
  ...{ type: 'stored', entry: entry(line), bytes: 10, status: 200, tries: 1, elapsed: line, framed: true },
  ...fields,
});
const failed = (line: number, kind: string): DownloadEvent => ({
  type: 'failed',
  entry: entry(line),
  failure: { kind, message: `m${line}`, status: null, cause: null },
  tries: 1,
});

function reportOf(...events: DownloadEvent[]): ReturnType<Tally['report']> {
  const tally = new Tally();
  for (const event of events) tally.hear(event);
  return tally.report(
    'complete',
    { folder: '/out', reportFile: '/out/report.json', failedList: '/out/failed.txt' },
    new Date(0),
    1234.5,
  );
}

describe('Tally', () => {
  test('counts lines, files, bytes, retries, repeats and what was dropped', () => {
    const report = reportOf(
      { type: 'list', lines: 9, progress: null },
      { type: 'began', folder: '/out', leftovers: { runs: 1, parts: 2, bytes: 3 } },
      stored(1),
      stored(2, { framed: false, entry: entry(2, true) }),
      { type: 'skipped', entry: entry(3) },
      failed(4, 'file exists'),
      {
        type: 'retry',
        entry: entry(5),
        failure: { kind: 'x', message: '', status: null, cause: null },
        tries: 1,
        wait: 5,
      },
    );
    expect(report).toMatchObject({
      lines: 9,
      files: 2,
      bytes: 20,
      skipped: 1,
      failed: 1,
      refused: 1,
      dropped: 5,
      repeats: 1,
      retries: 1,
      unproven: 1,
    });
    expect(report).toMatchObject({
      end: 'complete',
      elapsed: 1235,
      began: '1970-01-01T00:00:00.000Z',
      leftovers: { runs: 1, parts: 2, bytes: 3 },
    });
    expect(report).toMatchObject({ folder: '/out', failedList: '/out/failed.txt', reportFile: '/out/report.json' });
    expect(reportOf(stored(1)).failedList).toBe(null);
  });

  test('names the slowest files, and those tried most often', () => {
    const lines = [3, 9, 1, 7, 5, 8, 2];
    const report = reportOf(...lines.map((line) => stored(line, { tries: line > 6 ? line : 1 })));
    expect(report.slowest.map(({ line }) => line)).toEqual([9, 8, 7, 5, 3]);
    expect(report.mostRetried.map(({ line, tries }) => [line, tries])).toEqual([
      [9, 9],
      [8, 8],
      [7, 7],
    ]);
  });

  test('counts failures by kind, most frequent first, and names the first few', () => {
    const report = reportOf(failed(1, 'a'), ...[2, 3, 4, 5].map((line) => failed(line, 'b')));
    expect(report.failures.map(({ kind, count }) => [kind, count])).toEqual([
      ['b', 4],
      ['a', 1],
    ]);
    expect(report.failures[0]?.first.map(({ line }) => line)).toEqual([2, 3, 4]);
  });

  test('takes a bad line', () => {
    const bad: BadLine = { line: 1, offset: 0, reason: 'no URL', excerpt: 'nope' };
    const report = reportOf({
      type: 'failed',
      entry: bad,
      failure: { kind: 'bad line', message: 'no URL', status: null, cause: null },
      tries: 0,
    });
    expect(report.failures[0]?.first).toEqual([{ line: 1, url: 'nope', message: 'no URL' }]);
  });

  test('stays small, whatever servers invent', () => {
    const tally = new Tally();
    const long = { ...entry(1), href: `http://h/${'x'.repeat(60_000)}` };
    for (let line = 0; line < 10_000; line++) {
      tally.hear({
        type: 'failed',
        entry: long,
        failure: { kind: `kind ${line}`, message: 'm', status: null, cause: null },
        tries: 1,
      });
    }
    const report = tally.report('complete', { folder: '', reportFile: '', failedList: '' }, new Date(0), 0);
    expect(report.failures.length).toBe(65);
    expect(report.failures[0]).toMatchObject({ kind: 'other', count: 10_000 - 64 });
    expect(JSON.stringify(report).length).toBeLessThan(150_000);
  });
});
