import {
  chmodSync,
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
import { OutputFolderError } from '../errors.ts';
import { folderError } from './folder-error.ts';
import { isFresh, OutputFolder } from './output-folder.ts';

describe('OutputFolder', () => {
  let parent = '';
  let into = '';
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'out-'));
    into = join(parent, 'a', 'b');
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  const store = (folder: OutputFolder, name: string, content: string): string => {
    const part = folder.openPart();
    part.write(Buffer.from(content));
    part.finish();
    const stored = folder.store(part, name);
    part.discard();
    return stored;
  };

  test('makes the folder and its parents, and leaves nothing but the files', () => {
    const folder = OutputFolder.open(into, false);
    expect(store(folder, 'x', 'one')).toBe('stored');
    folder.close();
    expect(readdirSync(into)).toEqual(['x']);
    expect(readFileSync(join(into, 'x'), 'utf8')).toBe('one');
  });

  test('takes the folders it made away again if nothing was stored', () => {
    OutputFolder.open(into, false).close();
    expect(readdirSync(parent)).toEqual([]);
    mkdirSync(into, { recursive: true });
    OutputFolder.open(join(into, 'c'), false).close();
    expect(readdirSync(into)).toEqual([]);
  });

  test('knows which files an earlier run has left, and does not write over them', () => {
    mkdirSync(into, { recursive: true });
    writeFileSync(join(into, 'old'), 'old');
    const folder = OutputFolder.open(into, false);
    expect([folder.has('old'), folder.has('new')]).toEqual([true, false]);
    expect(store(folder, 'old', 'new')).toBe('exists');
    folder.close();
    expect(readdirSync(into)).toEqual(['old']);
    expect(readFileSync(join(into, 'old'), 'utf8')).toBe('old');
  });

  test('does not write over a file that came from elsewhere meanwhile', () => {
    const folder = OutputFolder.open(into, false);
    writeFileSync(join(into, 'x'), 'theirs');
    expect(store(folder, 'x', 'ours')).toBe('exists');
    folder.close();
    expect(readFileSync(join(into, 'x'), 'utf8')).toBe('theirs');
  });

  test('writes over files when asked to, but not over folders', () => {
    mkdirSync(join(into, 'folder'), { recursive: true });
    writeFileSync(join(into, 'old'), 'old');
    const folder = OutputFolder.open(into, true);
    expect(store(folder, 'old', 'new')).toBe('stored');
    expect(store(folder, 'folder', 'new')).toBe('exists');
    folder.close();
    expect(readFileSync(join(into, 'old'), 'utf8')).toBe('new');
  });

  test('says that a file stands in its place', () => {
    writeFileSync(join(parent, 'a'), '');
    expect(() => OutputFolder.open(join(parent, 'a'), false)).toThrow(
      expect.objectContaining({ code: 'COTASK_DOWNLOAD_FOLDER', hint: expect.any(String) }),
    );
    expect(() => OutputFolder.open(into, false)).toThrow(OutputFolderError);
    expect(() => OutputFolder.open(into, false)).toThrow(`${join(parent, 'a')} is not a folder (ENOTDIR).`);
    symlinkSync(join(parent, 'nowhere'), join(parent, 'link'));
    expect(() => OutputFolder.open(join(parent, 'link'), false)).toThrow(
      `${join(parent, 'link')} is not a folder (EEXIST).`,
    );
  });

  test('names a file that stands where the folder of runs belongs', () => {
    mkdirSync(into, { recursive: true });
    writeFileSync(join(into, '.cotask'), 'mine');
    expect(() => OutputFolder.open(into, false)).toThrow(
      expect.objectContaining({
        code: 'COTASK_DOWNLOAD_FOLDER',
        message: expect.stringContaining(`${join(into, '.cotask')} is no folder`),
      }),
    );
    expect(readFileSync(join(into, '.cotask'), 'utf8')).toBe('mine');
  });

  test('says that its folder is gone', () => {
    const folder = OutputFolder.open(into, false);
    const part = folder.openPart();
    part.write(Buffer.from('x'));
    rmSync(into, { recursive: true });
    expect(() => part.finish()).toThrow(/is gone \(ENOENT\)/);
    folder.close();
  });

  test.skipIf(process.getuid?.() === 0)('says that it may not be written', () => {
    mkdirSync(into, { recursive: true });
    chmodSync(into, 0o555);
    expect(() => OutputFolder.open(into, false)).toThrow(/may not be written \(EACCES\)/);
    expect(readdirSync(into)).toEqual([]);
    chmodSync(into, 0o755);
  });

  test('is fresh while it holds nothing but the folder of runs', () => {
    expect(isFresh(into)).toBe(true);
    mkdirSync(join(into, '.cotask'), { recursive: true });
    expect(isFresh(into)).toBe(true);
    writeFileSync(join(into, 'x'), '');
    expect(isFresh(into)).toBe(false);
    expect(existsSync(join(into, '.cotask'))).toBe(true);
  });
});

describe('folderError', () => {
  test.each([
    ['ENOSPC', 'is on a disk that is full'],
    ['EDQUOT', 'is over its quota'],
    ['EROFS', 'is on a read-only file system'],
    ['EACCES', 'may not be written'],
    ['EIO', 'is on a disk that fails'],
    ['EWHATEVER', 'cannot be written'],
  ])('has words and a hint for %s', (code, words) => {
    const error = folderError('/out', Object.assign(new Error('x'), { code }));
    expect(error.message).toBe(`The folder /out ${words} (${code}).`);
    expect(error.hint).not.toBe('');
    expect(folderError('/out', error)).toBe(error);
  });
});
