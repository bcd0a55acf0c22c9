import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
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

  test('keeps every other run out while its process lives, and is no leftover', () => {
    const one = RunFolder.make(folder);
    expect(() => RunFolder.make(folder)).toThrow(
      expect.objectContaining({
        code: 'COTASK_DOWNLOAD_BUSY',
        message: `Another run downloads into ${folder}: process ${process.pid}.`,
        hint: expect.stringContaining('Wait for its end'),
      }),
    );
    expect(removeLeftovers(folder)).toEqual({ runs: 0, parts: 0, bytes: 0 });
    expect(readdirSync(join(folder, RUNS_FOLDER))).toEqual(['run-1']);
    one.remove();
    RunFolder.make(folder).remove();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is not kept out by a run that died, whose number it does not take', async () => {
    leave('run-7', { pid: await deadPid(), host: hostname(), began: '1' }, { '1.part': 'abc' });
    const run = RunFolder.make(folder);
    expect(run.path).toBe(join(folder, RUNS_FOLDER, 'run-8'));
    expect(removeLeftovers(folder)).toEqual({ runs: 1, parts: 1, bytes: 3 });
    run.remove();
    expect(readdirSync(folder)).toEqual([]);
  });

  /*
   * The cast: eight processes. The plot: a run died here, and all of them start at once. One gets the folder, whoever it
   * is; the others are told so, and what they leave is nothing.
   */
  test('goes to one of many that come at once', async () => {
    leave('run-1', { pid: await deadPid(), host: hostname(), began: '1' }, { '1.part': 'abc' });
    const program = `
      import { RunFolder } from ${JSON.stringify(new URL('./run-folder.ts', import.meta.url).href)};
      const at = Number(process.argv[1]);
      while (Date.now() < at);
      try {
        RunFolder.make(${JSON.stringify(folder)});
        console.log('got it');
        process.stdin.resume();
      } catch (error) {
        console.log(error.code);
        process.stdin.resume();
      }`;
    const at = String(Date.now() + 1_500);
    const words = ['--conditions=cotask-source', '--input-type=module', '-e', program, at];
    const children = Array.from({ length: 8 }, () =>
      spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
    const said = await Promise.all(children.map(async ({ stdout }) => String((await once(stdout, 'data'))[0]).trim()));
    for (const child of children) child.stdin.end();
    await Promise.all(children.map((child) => once(child, 'exit')));
    expect(said.toSorted()).toEqual([...Array.from({ length: 7 }, () => 'COTASK_DOWNLOAD_BUSY'), 'got it']);
    expect(readdirSync(join(folder, RUNS_FOLDER)).length).toBe(2);
  });

  test('is a leftover when its process is gone: its parts are counted and removed', async () => {
    const owner = { pid: await deadPid(), host: hostname(), began: '1' };
    leave('run-1', owner, { '1.part': 'abc', '2.part': 'de', 'failed.txt': 'x', 'seen.sqlite': 'x' });
    expect(removeLeftovers(folder)).toEqual({ runs: 1, parts: 2, bytes: 5 });
    expect(readdirSync(join(folder, RUNS_FOLDER))).toEqual([]);
  });

  test.runIf(process.platform === 'linux')('is a leftover when its number belongs to another process by now', () => {
    leave('run-1', { pid: process.pid, host: hostname(), began: '1' }, { '1.part': 'abc' });
    expect(removeLeftovers(folder)).toMatchObject({ runs: 1, parts: 1 });
  });

  test('is a leftover when nobody can read who owns it', () => {
    leave('run-1', null, { '1.part': 'a' });
    leave('run-2', '{"pid":', { '1.part': 'b' });
    expect(removeLeftovers(folder)).toEqual({ runs: 2, parts: 2, bytes: 2 });
  });

  test('of another machine counts as alive while it gives signs of life', async () => {
    const owner = { pid: await deadPid(), host: 'another.machine', began: null };
    const path = leave('run-1', owner, { '1.part': 'a' });
    expect(removeLeftovers(folder)).toMatchObject({ runs: 0 });
    expect(() => RunFolder.make(folder)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(`process ${owner.pid} on another.machine`),
        hint: expect.stringContaining(`remove ${path}`),
      }),
    );
    utimesSync(join(path, 'owner.json'), 1, 1);
    const run = RunFolder.make(folder);
    expect(removeLeftovers(folder)).toMatchObject({ runs: 1, parts: 1 });
    utimesSync(join(run.path, 'owner.json'), 1, 1);
    run.beat();
    expect(Date.now() - statSync(join(run.path, 'owner.json')).mtimeMs).toBeLessThan(60_000);
    expect(() => RunFolder.make(folder)).toThrow(/Another run/);
    run.remove();
  });

  test('that is being made is left alone, and cleared after a minute', () => {
    const path = leave('making-0123456789abcdef', null, {});
    expect(removeLeftovers(folder)).toMatchObject({ runs: 0 });
    utimesSync(path, 1, 1);
    expect(removeLeftovers(folder)).toMatchObject({ runs: 1 });
  });

  test('never costs a file that is not its own', () => {
    leave('run-1', null, { '1.part': 'a', 'holiday.jpg': 'mine' });
    leave('my-folder', null, { '1.part': 'mine' });
    const outside = join(folder, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, '1.part'), 'mine');
    symlinkSync(outside, join(folder, RUNS_FOLDER, 'run-3'));
    removeLeftovers(folder);
    expect(readFileSync(join(folder, RUNS_FOLDER, 'run-1', 'holiday.jpg'), 'utf8')).toBe('mine');
    expect(readFileSync(join(folder, RUNS_FOLDER, 'my-folder', '1.part'), 'utf8')).toBe('mine');
    expect(readFileSync(join(outside, '1.part'), 'utf8')).toBe('mine');
  });

  test('is not made through a link that leads out of the output folder', () => {
    const outside = mkdtempSync(join(tmpdir(), 'outside-'));
    symlinkSync(outside, join(folder, RUNS_FOLDER));
    expect(() => RunFolder.make(folder)).toThrow(/\.cotask is a symbolic link/);
    expect(readdirSync(outside)).toEqual([]);
    rmSync(outside, { recursive: true });
  });
});
