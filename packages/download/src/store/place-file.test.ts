import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { placeNew, placeOver } from './place-file.ts';

describe('placing a file', () => {
  let folder = '';
  let part = '';
  let final = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'place-'));
    [part, final] = [join(folder, '1.part'), join(folder, 'final')];
    writeFileSync(part, 'new');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('placeNew gives the name, and the part is gone', () => {
    expect(placeNew(part, final)).toBe(true);
    expect(readdirSync(folder)).toEqual(['final']);
    expect(readFileSync(final, 'utf8')).toBe('new');
  });

  test('placeNew leaves what is there, be it a file, a folder or a dangling link', () => {
    writeFileSync(final, 'old');
    expect(placeNew(part, final)).toBe(false);
    expect(readFileSync(final, 'utf8')).toBe('old');
    const taken = join(folder, 'taken');
    mkdirSync(taken);
    expect(placeNew(part, taken)).toBe(false);
    const link = join(folder, 'link');
    symlinkSync(join(folder, 'elsewhere'), link);
    expect(placeNew(part, link)).toBe(false);
    expect(existsSync(join(folder, 'elsewhere'))).toBe(false);
  });

  test('placeOver replaces a file, and a link instead of what it leads to', () => {
    const elsewhere = join(folder, 'elsewhere');
    writeFileSync(elsewhere, 'theirs');
    symlinkSync(elsewhere, final);
    expect(placeOver(part, final)).toBe(true);
    expect(readFileSync(final, 'utf8')).toBe('new');
    expect(readFileSync(elsewhere, 'utf8')).toBe('theirs');
  });

  test('placeOver does not replace a folder', () => {
    mkdirSync(final);
    expect(placeOver(part, final)).toBe(false);
    expect(existsSync(part)).toBe(true);
  });

  test('both throw when the folder is gone', () => {
    const gone = join(folder, 'gone', 'final');
    expect(() => placeNew(part, gone)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(() => placeOver(part, gone)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });
});
