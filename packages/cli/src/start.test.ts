// What `npm start` runs, as a process of its own.

import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startServer } from '@cotask/test-servers';

const START = fileURLToPath(new URL('start.ts', import.meta.url));

describe('npm start', () => {
  let cwd = '';
  let child: ChildProcessWithoutNullStreams;
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'start-'));
  });
  afterEach(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(cwd, { recursive: true });
  });

  function start(...words: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
    child = spawn(process.execPath, [START, ...words], { cwd });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    return once(child, 'close').then(([code]: unknown[]) => ({ code, ...output }));
  }

  test('downloads the sample into a fresh folder, all 1,000 files, and checks each', { timeout: 90_000 }, async () => {
    const { code, stdout, stderr } = await start();
    expect([code, stdout.split('\n').at(-2)]).toEqual([0, 'checksums: 1,000 of 1,000 files are right']);
    expect(stdout).toMatch(/^1,000 files, 7\d\.\d MB in /);
    expect(stderr).toMatch(/^a sample origin serves 1,000 files at http:\/\/127\.0\.0\.1:\d+\n/);
    const [sample = ''] = readdirSync(join(cwd, 'downloads'));
    expect(sample).toMatch(/^sample-\d{4}-\d\d-\d\d-\d{6}-/);
    expect(stdout).toContain(join('downloads', sample, 'files', 'report.json'));
    expect(readdirSync(join(cwd, 'downloads', sample, 'files')).length).toBe(1_001);
  });

  test('with a list downloads that', async () => {
    await using server = await startServer((_, response) => void response.end('x'));
    writeFileSync(join(cwd, 'my list.txt'), `${server.url}/a\n`);
    expect(await start('my list.txt', '--into', 'out')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^1 file, 1 B/),
    });
    expect(
      readFileSync(
        join(cwd, 'out', readdirSync(join(cwd, 'out')).find((name) => name.startsWith('http')) ?? ''),
        'utf8',
      ),
    ).toBe('x');
    expect(existsSync(join(cwd, 'downloads'))).toBe(false);
  });

  test('ends with 130 on Ctrl-C, with what is under way', async () => {
    const ended = start();
    await new Promise<void>((resolve) => {
      child.stderr.on('data', (text: string) => text.includes('downloading ') && resolve());
    });
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130, stdout: expect.stringContaining('stopped early') });
  });
});
