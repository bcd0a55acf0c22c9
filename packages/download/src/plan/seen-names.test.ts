import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { SeenNames } from './seen-names.ts';

describe('SeenNames', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'seen-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('says which names were there, before and after it moves to disk', () => {
    const seen = new SeenNames(join(folder, 'seen.sqlite'), 100);
    const names = Array.from({ length: 1_000 }, (_, index) => `name-${index}`);
    for (const name of names) expect(seen.add(name)).toBe(true);
    for (const name of names) expect(seen.add(name)).toBe(false);
    expect(readdirSync(folder)).toContain('seen.sqlite');
    seen.close();
  });

  test('makes no file for a short list', () => {
    const seen = new SeenNames(join(folder, 'seen.sqlite'), 100);
    for (let index = 0; index < 99; index++) seen.add(`name-${index}`);
    expect(readdirSync(folder)).toEqual([]);
    seen.close();
  });

  test('agrees with a set, wherever the table takes over', () => {
    let count = 0;
    fc.assert(
      fc.property(fc.array(fc.nat(30), { maxLength: 80 }), fc.integer({ min: 1, max: 40 }), (names, room) => {
        const seen = new SeenNames(join(folder, `${count++}.sqlite`), room);
        const set = new Set<number>();
        for (const name of names) {
          expect(seen.add(`n${name}`)).toBe(!set.has(name));
          set.add(name);
        }
        seen.close();
      }),
      { numRuns: 50 },
    );
  });

  test('does not grow in memory with the list', () => {
    const seen = new SeenNames(join(folder, 'seen.sqlite'));
    for (let index = 0; index < 30_000; index++) seen.add(`a/rather/long/name/of/a/file/in/a/folder/${index}`);
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    for (let index = 30_000; index < 150_000; index++) seen.add(`a/rather/long/name/of/a/file/in/a/folder/${index}`);
    globalThis.gc?.();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(2_000_000);
    seen.close();
  });
});
