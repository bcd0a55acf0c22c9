import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { PartWriter } from './part-writer.ts';

const same = (error: unknown): unknown => error;

describe('PartWriter', () => {
  let folder = '';
  let path = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'part-'));
    path = join(folder, '1.part');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('writes what it was given, in order, however it comes', () => {
    let count = 0;
    fc.assert(
      fc.property(fc.array(fc.nat(40_000), { maxLength: 150 }), (sizes) => {
        const part = new PartWriter(join(folder, `${count++}.part`), same);
        const chunks = sizes.map((size, index) => Buffer.alloc(size, index % 251));
        for (const chunk of chunks) part.write(chunk);
        part.finish();
        const whole = Buffer.concat(chunks);
        expect(part.bytes).toBe(whole.length);
        expect(readFileSync(part.path).equals(whole)).toBe(true);
        rmSync(part.path);
      }),
      { numRuns: 30 },
    );
  });

  test('makes an empty file for an empty body', () => {
    const part = new PartWriter(path, same);
    part.finish();
    expect(statSync(path).size).toBe(0);
  });

  test('holds at most 256 KiB, and at most 64 chunks', () => {
    const large = new PartWriter(path, same);
    large.write(Buffer.alloc(200_000));
    expect(existsSync(path)).toBe(false);
    large.write(Buffer.alloc(100_000));
    expect(statSync(path).size).toBe(300_000);
    large.discard();
    const small = new PartWriter(path, same);
    for (let index = 0; index < 64; index++) small.write(Buffer.of(index));
    expect(statSync(path).size).toBe(64);
    small.discard();
  });

  test('is gone without a trace when discarded, at any point', () => {
    const untouched = new PartWriter(path, same);
    untouched.discard();
    const written = new PartWriter(path, same);
    written.write(Buffer.alloc(300_000));
    written.discard();
    written.discard();
    expect(existsSync(path)).toBe(false);
    const finished = new PartWriter(path, same);
    finished.finish();
    finished.discard();
    expect(existsSync(path)).toBe(false);
  });

  test('leaves a file alone that has its final name', () => {
    const part = new PartWriter(path, same);
    part.finish();
    part.moved();
    part.discard();
    expect(existsSync(path)).toBe(true);
  });

  test('never writes over a file, and never through a link', () => {
    writeFileSync(path, 'mine');
    const over = new PartWriter(path, same);
    expect(() => over.finish()).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    over.discard();
    expect(readFileSync(path, 'utf8')).toBe('mine');
    const link = join(folder, '2.part');
    symlinkSync(join(folder, 'elsewhere'), link);
    const through = new PartWriter(link, same);
    expect(() => through.finish()).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    expect(existsSync(join(folder, 'elsewhere'))).toBe(false);
  });

  test('throws what the disk says, explained', () => {
    const part = new PartWriter(
      join(folder, 'no', 'such', 'folder'),
      (error) => new Error('explained', { cause: error }),
    );
    expect(() => part.finish()).toThrow('explained');
  });
});
