/** Bodies made of parts at random, cut at random, come out as they went in. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MultipartSplitter, SplitFailure, type SplitterBounds } from './multipart-splitter.ts';

const bounds: SplitterBounds = { maxPartHeaderSize: 1000, preambleBytes: 1000 };

interface Part {
  head: string;
  content: string;
}

/** What the splitter makes of pieces. */
function split(boundary: string, pieces: readonly string[], limits: SplitterBounds = bounds): Part[] {
  const splitter = new MultipartSplitter(boundary, limits);
  const parts: Part[] = [];
  const rest = pieces.map((piece) => Buffer.from(piece, 'latin1'));
  for (;;) {
    const event = splitter.next();
    if (event === null) splitter.feed(rest.shift() ?? null);
    else if (event.kind === 'end') return parts;
    else if (event.kind === 'part') parts.push({ head: event.head, content: '' });
    else if (event.kind === 'data') {
      const last = parts.at(-1);
      if (last !== undefined) last.content += Buffer.from(event.chunk).toString('latin1');
    }
  }
}

const write = (boundary: string, parts: readonly Part[], preamble = '', epilogue = ''): string =>
  `${preamble}${parts.map(({ head, content }) => `--${boundary}\r\n${head}${head === '' ? '' : '\r\n'}\r\n${content}\r\n`).join('')}--${boundary}--${epilogue}`;

/** Letters of which boundaries are made, so that what is nearly one comes often. */
const nearly = fc.string({ unit: fc.constantFrom('\r', '\n', '-', 'b', 'x', ' '), maxLength: 40 });

const cut = (text: string, at: readonly number[]): string[] => {
  const places = [...new Set(at.map((one) => one % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((begin, index) => text.slice(begin, places[index] ?? text.length));
};

test('parts come out as they went in, wherever the pieces end', () => {
  const part = fc.record({ head: fc.constantFrom('', 'a: b', 'a: b\r\nc: d'), content: nearly });
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), fc.array(fc.nat(), { maxLength: 30 }), (parts, at) => {
      // A content that holds a boundary of its own is another body.
      fc.pre(parts.every(({ content }) => !/(^|\r\n)--bb(--|[ \t]*\r\n|[ \t]*\r?$)/u.test(content)));
      const text = write('bb', parts, 'before\r\n', '\r\nafter --bb');
      expect(split('bb', cut(text, at))).toEqual(parts);
      expect(split('bb', [...text])).toEqual(parts);
    }),
    { numRuns: 500 },
  );
});

describe('a boundary', () => {
  test('may stand first, be followed by blanks, and follow a head at once', () => {
    expect(split('b', ['--b \t\r\na: 1\r\n\r\n--b--'])).toEqual([{ head: 'a: 1', content: '' }]);
    expect(split('b', ['--b\r\n\r\nx\r\n--b\r\n\r\n\r\n--b--\r\n'])).toEqual([
      { head: '', content: 'x' },
      { head: '', content: '' },
    ]);
    expect(split('b', ['--b--'])).toEqual([]);
  });

  test('is none where more letters follow, as in the boundary of a part', () => {
    expect(split('b', ['--b\r\n\r\n--bc\r\nx\r\n--bc--\r\n--b-\r\n--b--'])).toEqual([
      { head: '', content: '--bc\r\nx\r\n--bc--\r\n--b-' },
    ]);
  });
});

test.each<[string, string, string]>([
  ['an end in the content', '--b\r\n\r\nabc', 'ended before its last boundary'],
  ['an end in a head', '--b\r\na: 1', 'ended before its last boundary'],
  ['an end in a boundary', '--b\r\n\r\nabc\r\n--b', 'ended before its last boundary'],
  ['no boundary at all', 'x'.repeat(100), 'ended before its last boundary'],
  ['a long way to the first boundary', 'x'.repeat(2000), 'no boundary where one must be'],
  ['a long head', `--b\r\na: ${'x'.repeat(2000)}`, 'longer than maxPartHeaderSize'],
])('%s is refused', (_what, text, words) => {
  for (const pieces of [[text], [...text]]) {
    expect(() => split('b', pieces)).toThrow(SplitFailure);
    expect(() => split('b', pieces)).toThrow(words);
  }
});

test('holds no more of a content than may be a boundary', () => {
  const splitter = new MultipartSplitter('b', bounds);
  splitter.feed(Buffer.from('--b\r\n\r\n'));
  expect(splitter.next()).toEqual({ kind: 'part', head: '' });
  let given = 0;
  for (let fed = 0; fed < 100; fed += 1) {
    splitter.feed(Buffer.alloc(10_000, '\r'));
    for (let event = splitter.next(); event !== null; event = splitter.next())
      if (event.kind === 'data') given += event.chunk.byteLength;
    expect((fed + 1) * 10_000 - given).toBeLessThan(8);
  }
});
