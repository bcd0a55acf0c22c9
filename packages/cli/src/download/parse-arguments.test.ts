import { describe, expect, test } from 'vitest';
import { parseArguments } from './parse-arguments.ts';
import type { DownloadInvocation } from './parse-arguments.ts';

function invocationOf(...words: string[]): DownloadInvocation {
  const parsed = parseArguments(words);
  if (parsed.kind !== 'download') throw new Error(parsed.kind);
  return parsed.invocation;
}

describe('parseArguments', () => {
  test('takes a list and a folder, and leaves every default to the library', () => {
    expect(invocationOf('urls.txt', '--into', 'out')).toEqual({
      list: 'urls.txt',
      options: { into: 'out', existing: 'refuse', strict: false, fsync: false, headers: [] },
      json: false,
      quiet: false,
      debug: false,
    });
  });

  test('takes every option, in both forms and in any place', () => {
    const words = [
      '--into=out',
      '--limit',
      '5',
      'urls.txt',
      '--limit-per-host=2',
      '--retries',
      '0',
      '--timeout',
      '1000',
      '--max-size',
      '10',
    ];
    const { list, options, json, quiet, debug } = invocationOf(
      ...words,
      '--min-rate=0',
      '--max-time=9000',
      '--strict',
      '--fsync',
      '--overwrite',
      '--json',
      '-q',
      '--debug',
    );
    expect({ list, json, quiet, debug }).toEqual({ list: 'urls.txt', json: true, quiet: true, debug: true });
    expect(options).toEqual({
      ...{ into: 'out', existing: 'overwrite', strict: true, fsync: true, headers: [] },
      ...{ limit: 5, limitPerHost: 2, retries: 0, timeout: 1000, maxSize: 10, minRate: 0, maxTime: 9000 },
    });
    expect(invocationOf('x', '--into', 'out', '--skip-existing').options.existing).toBe('skip');
  });

  test('takes headers as often as they come', () => {
    const { options } = invocationOf('x', '--into', 'o', '--header', 'Accept:text/html', '--header', 'X-Time: 10:30 ');
    expect(options.headers).toEqual([
      ['Accept', 'text/html'],
      ['X-Time', '10:30'],
    ]);
  });

  test('takes standard input, and a list whose name begins with a dash', () => {
    expect(invocationOf('-', '--into', 'out').list).toBe('-');
    expect(invocationOf('--into', 'out', '--', '--odd').list).toBe('--odd');
  });

  test('puts help and version before everything else', () => {
    expect(parseArguments(['--help'])).toEqual({ kind: 'help' });
    expect(parseArguments(['-h', '--limit', 'x'])).toEqual({ kind: 'help' });
    expect(parseArguments(['--version'])).toEqual({ kind: 'version' });
  });

  test.each<[string[], string]>([
    [[], 'The list is missing.'],
    [['urls.txt'], '--into is missing.'],
    [['urls.txt', '--into'], '--into needs a value.'],
    [['urls.txt', '--into', ''], '--into is missing.'],
    [['urls.txt', '--into', '--limit', '5'], '--into needs a value.'],
    [['', '--into', 'out'], 'The name of the list is empty.'],
    [['--into', 'out'], 'The list is missing.'],
    [['a.txt', 'b.txt', '--into', 'out'], 'One list is downloaded at a time, and there are 2: a.txt, b.txt.'],
    [
      ['http://a/', 'http://b/', '--into', 'out'],
      'One list is downloaded at a time, and there are 2: http://a/, http://b/.',
    ],
    [['x', '--into', 'out', '--limt', '5'], 'Unknown option --limt.'],
    [['x', '--into', 'out', '-x'], 'Unknown option -x.'],
    [['x', '--into', 'out', '--no-strict'], 'Unknown option --no-strict.'],
    [['x', '--into', 'out', '--limit', '0'], '--limit is "0".'],
    [['x', '--into', 'out', '--limit', '-5'], '--limit is "-5".'],
    [['x', '--into', 'out', '--limit', '1.5'], '--limit is "1.5".'],
    [['x', '--into', 'out', '--limit', 'many'], '--limit is "many".'],
    [['x', '--into', 'out', '--limit', '1e9'], '--limit is "1e9".'],
    [['x', '--into', 'out', '--limit', '99999999999999999999'], '--limit is "99999999999999999999".'],
    [['x', '--into', 'out', '--limit='], '--limit is "".'],
    [['x', '--into', 'out', '--limit', '5', '--limit', '6'], '--limit is given twice.'],
    [['x', '--into', 'out', '--into', 'other'], '--into is given twice.'],
    [['x', '--into', 'out', '--limit-per-host', '0'], '--limit-per-host is "0".'],
    [['x', '--into', 'out', '--retries', '-1'], '--retries is "-1".'],
    [['x', '--into', 'out', '--retries', '1000'], '--retries is "1000".'],
    [['x', '--into', 'out', '--timeout', '0'], '--timeout is "0".'],
    [['x', '--into', 'out', '--timeout', '5s'], '--timeout is "5s".'],
    [['x', '--into', 'out', '--max-time', '0'], '--max-time is "0".'],
    [['x', '--into', 'out', '--max-size', '0'], '--max-size is "0".'],
    [['x', '--into', 'out', '--quiet=yes'], '--quiet takes no value, and was given "yes".'],
    [
      ['x', '--into', 'out', '--overwrite', '--skip-existing'],
      '--overwrite and --skip-existing contradict each other.',
    ],
    [['-', '--into', 'out', '--strict'], '--strict needs a list file.'],
    [['x', '--into', 'out', '--header'], '--header needs a value.'],
    [['x', '--into', 'out', '--header', 'no colon'], '--header has no name.'],
    [['x', '--into', 'out', '--header', ': value'], '--header has no name.'],
    [['x', '--into', 'out', '--header', 'bad name: value'], '--header has no name.'],
    [['x', '--into', 'out', '--header', 'X-A: one\r\nX-B: two'], '--header X-A cannot be sent.'],
    [['x', '--into', 'out', '--header', 'Authorization: 漢'], '--header Authorization cannot be sent.'],
    [['x', '--into', 'out', '--header', 'Range: bytes=0-1'], '--header Range cannot be sent.'],
    [['x', '--into', 'out', '--header', 'Content-Length: 5'], '--header Content-Length cannot be sent.'],
  ])('refuses %j', (words, message) => {
    expect(() => parseArguments(words)).toThrow(
      expect.objectContaining({ message, code: 'COTASK_CLI_USAGE', hint: expect.stringMatching(/\w/) }),
    );
  });

  test('guesses what was meant', () => {
    expect(() => parseArguments(['x', '--into', 'out', '--skip-exsting'])).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('Did you mean --skip-existing?') }),
    );
  });

  test('does not repeat a secret that a header may hold', () => {
    for (const header of ['Authorization: geheim\n', 'geheim']) {
      try {
        parseArguments(['x', '--into', 'out', '--header', header]);
        throw new Error('taken');
      } catch (error) {
        expect(String(error)).not.toContain('geheim');
      }
    }
  });
});
