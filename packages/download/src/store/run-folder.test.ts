import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { removeLeftovers, RunFolder, RUNS_FOLDER } from './run-folder.ts';

describe('RunFolder', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'run-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A run folder as a run with this owner would have left it. */
  function leave(name: string, owner: object | string | null, parts: Record<string, string>): string {
    const path = join(folder, RUNS_FOLDER, name);
    mkdirSync(path, { recursive: true });
    if (owner !== null)
      writeFileSync(join(path, 'owner.json'), typeof owner === 'string' ? owner : JSON.stringify(owner));
    for (const [file, content] of Object.entries(parts)) writeFileSync(join(path, file), content);
    return path;
  }

  const deadPid = async (): Promise<number> => {
    const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    await once(child, 'exit');
    return child.pid ?? 0;
  };

  test('hands out part names that no other part has, and goes without a trace', () => {
    const run = RunFolder.make(folder);
    const names = [run.nextPart(), run.nextPart(), run.nextPart()];
    expect(new Set(names).size).toBe(3);
    for (const name of names) writeFileSync(name, 'x');
    run.remove();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is no leftover while its process lives, whoever looks', () => {
    const one = RunFolder.make(folder);
    expect(removeLeftovers(folder)).toEqual({ runs: 0, parts: 0, bytes: 0 });
    const other = RunFolder.make(folder);
    other.remove();
    expect(existsSync(one.path)).toBe(true);
    one.remove();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is a leftover when its process is gone: its parts are counted and removed', async () => {
    const owner = { pid: await deadPid(), host: hostname(), began: '1' };
    leave('0123456789abcdef', owner, { '1.part': 'abc', '2.part': 'de', 'failed.txt': 'x', 'seen.sqlite': 'x' });
    expect(removeLeftovers(folder)).toEqual({ runs: 1, parts: 2, bytes: 5 });
    expect(readdirSync(join(folder, RUNS_FOLDER))).toEqual([]);
  });

  test.runIf(process.platform === 'linux')('is a leftover when its number belongs to another process by now', () => {
    leave('0123456789abcdef', { pid: process.pid, host: hostname(), began: '1' }, { '1.part': 'abc' });
    expect(removeLeftovers(folder)).toMatchObject({ runs: 1, parts: 1 });
  });

  test('is a leftover when nobody can read who owns it', () => {
    leave('0123456789abcdef', null, { '1.part': 'a' });
    leave('fedcba9876543210', '{"pid":', { '1.part': 'b' });
    expect(removeLeftovers(folder)).toEqual({ runs: 2, parts: 2, bytes: 2 });
  });

  test('of another machine is left alone', async () => {
    const path = leave(
      '0123456789abcdef',
      { pid: await deadPid(), host: 'another.machine', began: null },
      { '1.part': 'a' },
    );
    expect(removeLeftovers(folder)).toMatchObject({ runs: 0 });
    expect(existsSync(path)).toBe(true);
  });

  test('that is being made is left alone, and cleared after a minute', () => {
    const path = leave('making-0123456789abcdef', null, {});
    expect(removeLeftovers(folder)).toMatchObject({ runs: 0 });
    utimesSync(path, 1, 1);
    expect(removeLeftovers(folder)).toMatchObject({ runs: 1 });
  });

  test('never costs a file that is not its own', () => {
    leave('0123456789abcdef', null, { '1.part': 'a', 'holiday.jpg': 'mine' });
    leave('my-folder', null, { '1.part': 'mine' });
    const outside = join(folder, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, '1.part'), 'mine');
    symlinkSync(outside, join(folder, RUNS_FOLDER, 'aaaaaaaaaaaaaaaa'));
    removeLeftovers(folder);
    expect(readFileSync(join(folder, RUNS_FOLDER, '0123456789abcdef', 'holiday.jpg'), 'utf8')).toBe('mine');
    expect(readFileSync(join(folder, RUNS_FOLDER, 'my-folder', '1.part'), 'utf8')).toBe('mine');
    expect(readFileSync(join(outside, '1.part'), 'utf8')).toBe('mine');
  });

  test('is not made through a link that leads out of the output folder', () => {
    const outside = mkdtempSync(join(tmpdir(), 'outside-'));
    symlinkSync(outside, join(folder, RUNS_FOLDER));
    expect(() => RunFolder.make(folder)).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
    expect(readdirSync(outside)).toEqual([]);
    rmSync(outside, { recursive: true });
  });
});
