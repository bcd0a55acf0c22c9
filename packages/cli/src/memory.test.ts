// A list of a million lines: what the process needs does not depend on it.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startServer } from '@cotask/test-servers';

const BIN = fileURLToPath(new URL('../bin/cotask.mjs', import.meta.url));
const FILES = 20_000;
const MOST_BYTES = 200_000_000;

test.runIf(process.platform === 'linux')(
  'a million lines, stopped after 20,000 files, stay under 200 MB',
  { timeout: 180_000 },
  async () => {
    const parent = mkdtempSync(join(tmpdir(), 'memory-'));
    await using server = await startServer((_, response) => void response.end('x'), { record: false });
    const lines = Array.from({ length: 1_000_000 }, (_, index) => `${server.url}/files/${index}\n`);
    writeFileSync(join(parent, 'urls.txt'), lines.join(''));
    spawnSync(process.execPath, [BIN, '--version']); // What is compiled now need not be compiled in the process that is measured.

    const words = ['download', 'urls.txt', '--into', 'out', '--quiet'];
    const child = spawn(process.execPath, [BIN, ...words], { cwd: parent, stdio: 'ignore' });
    let peak = 0;
    const watching = setInterval(() => {
      peak = Math.max(peak, peakMemory(child.pid ?? 0));
    }, 50);
    try {
      await server.waitForRequests(FILES);
      peak = Math.max(peak, peakMemory(child.pid ?? 0));
      child.kill('SIGINT');
      expect((await once(child, 'exit'))[0]).toBe(130);
    } finally {
      clearInterval(watching);
      child.kill('SIGKILL');
    }
    expect(JSON.parse(readFileSync(join(parent, 'out', 'report.json'), 'utf8'))).toMatchObject({
      end: 'stopped',
      failed: 0,
    });
    expect(peak).toBeGreaterThan(30_000_000);
    expect(peak).toBeLessThan(MOST_BYTES);
    rmSync(parent, { recursive: true });
  },
);

/** The most memory that a process has had resident, in bytes; 0 once it has ended. */
function peakMemory(pid: number): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
