import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { LineSplitter, LONGEST_LINE } from './split-lines.ts';
import type { RawLine } from './split-lines.ts';

function split(...blocks: (string | Uint8Array)[]): RawLine[] {
  const splitter = new LineSplitter();
  const lines = blocks.flatMap((block) => {
    splitter.push(Buffer.from(block as string));
    return splitter.take(Infinity);
  });
  splitter.end();
  return [...lines, ...splitter.take(Infinity)];
}

const texts = (lines: RawLine[]): string[] => lines.map(({ text }) => text);

describe('LineSplitter', () => {
  test('numbers lines from 1 and counts blank lines and comments, which it leaves out', () => {
    const lines = split('http://a/\n\n# http://b/\n   \n  # c\n http://d/ \n');
    expect(lines).toEqual([
      { line: 1, offset: 0, text: 'http://a/', fault: null },
      { line: 6, offset: 33, text: 'http://d/', fault: null },
    ]);
  });

  test('takes CRLF, a byte order mark and a last line without newline', () => {
    expect(split('\ufeffhttp://a/\r\nhttp://b/')).toEqual([
      { line: 1, offset: 3, text: 'http://a/', fault: null },
      { line: 2, offset: 14, text: 'http://b/', fault: null },
    ]);
  });

  test('finds the byte order mark when it comes byte by byte, and in a list of one letter', () => {
    const bytes = Buffer.from('\ufeffx');
    expect(split(...[...bytes].map((byte) => Uint8Array.of(byte)))).toEqual([
      { line: 1, offset: 3, text: 'x', fault: null },
    ]);
    expect(split('\ufeff')).toEqual([]);
    expect(split('x')).toEqual([{ line: 1, offset: 0, text: 'x', fault: null }]);
    expect(split('')).toEqual([]);
  });

  test('gives the offset at which each line begins, in bytes', () => {
    const text = 'é\nhttp://ü/\nz\n';
    const bytes = Buffer.from(text);
    for (const { offset, text: found } of split(text)) {
      expect(bytes.subarray(offset, offset + Buffer.byteLength(found)).toString()).toBe(found);
    }
  });

  test('gives the same lines however the bytes are cut into blocks', () => {
    const piece = fc.constantFrom('a', 'é', '\n', '\r\n', ' ', '#', '\ufeff', '漢', '\0', '\t');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.array(fc.nat(12), { maxLength: 20 }), (pieces, cuts) => {
        const bytes = Buffer.from(pieces.join(''));
        const blocks: Uint8Array[] = [];
        let start = 0;
        for (const cut of cuts) {
          blocks.push(bytes.subarray(start, start + cut));
          start += cut;
        }
        blocks.push(bytes.subarray(start));
        expect(split(...blocks)).toEqual(split(bytes));
      }),
    );
  });

  test('does not keep the block, which the caller may fill again', () => {
    const splitter = new LineSplitter();
    const block = Buffer.from('http://exa');
    splitter.push(block);
    expect(splitter.take(9)).toEqual([]);
    block.fill('x');
    splitter.push(Buffer.from('mple/\n'));
    expect(texts(splitter.take(9))).toEqual(['http://example/']);
  });

  test('gives as few lines at a time as are wanted', () => {
    const splitter = new LineSplitter();
    splitter.push(Buffer.from('a\n\n#\nb\nc\nd'));
    expect([texts(splitter.take(2)), texts(splitter.take(2)), texts(splitter.take(2))]).toEqual([
      ['a', 'b'],
      ['c'],
      [],
    ]);
    splitter.end();
    expect([texts(splitter.take(2)), texts(splitter.take(2))]).toEqual([['d'], []]);
  });

  test('names a line of more than 64 KiB and goes on with the next', () => {
    const long = 'a'.repeat(LONGEST_LINE + 1);
    const lines = split('x\n', long, '\ny\n');
    expect(lines.map(({ line, offset }) => [line, offset])).toEqual([
      [1, 0],
      [2, 2],
      [3, LONGEST_LINE + 4],
    ]);
    expect(lines[1]?.fault).toBe(`the line has ${LONGEST_LINE + 1} bytes, more than ${LONGEST_LINE}`);
    expect(lines[1]?.text.length).toBeLessThan(200);
    expect(split('a'.repeat(LONGEST_LINE))[0]?.fault).toBe(null);
  });

  test('holds no more than a line of an endless line', () => {
    const splitter = new LineSplitter();
    const block = Buffer.alloc(1024 * 1024, 'a');
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 100; count++) {
      splitter.push(block);
      expect(splitter.take(9)).toEqual([]);
    }
    globalThis.gc?.();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
    splitter.end();
    expect(splitter.take(9)[0]?.fault).toContain('104857600 bytes');
  });

  test('names lines that are no UTF-8 or hold a NUL, and takes the others', () => {
    const lines = split(
      Buffer.concat([Buffer.from('http://ok/\n'), Buffer.of(0x68, 0xff, 0x0a), Buffer.from('a\0b\né\nx\0\n')]),
    );
    expect(lines.map(({ line, fault }) => [line, fault === null ? 'ok' : fault.split(';')[0]])).toEqual([
      [1, 'ok'],
      [2, 'the line is not valid UTF-8'],
      [3, 'the line holds a NUL byte'],
      [4, 'ok'],
      [5, 'the line holds a NUL byte'],
    ]);
    expect(split('a\0b\n')[0]?.fault).toContain('NUL');
  });
});
