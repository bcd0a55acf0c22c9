import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ask } from '../ask.ts';
import { freePorts } from './free-ports.ts';
import { startDaemon, type DaemonPlan } from './start-daemon.ts';

/** A server that starts a child of its own, and one that does not listen to what it is told. */
const program = (extra: string): string => `
  require('node:child_process').spawn('sleep', ['300']);
  ${extra}
  require('node:http').createServer((request, response) => response.end('served')).listen(Number(process.argv[1]), '127.0.0.1');
`;

const planOf = (source: string): DaemonPlan => ({
  program: process.execPath,
  ports: 1,
  arguments: ({ ports: [port] }) => ['-e', source, String(port)],
  files: () => ({ 'inside/deep/file': 'text' }),
});

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const untilGone = async (pid: number): Promise<void> => {
  while (isRunning(pid)) await wait(10);
};

test('a daemon serves, and is gone with its folder when it is closed', async () => {
  const daemon = await startDaemon(planOf(program('')));
  const answer = await ask(`http://127.0.0.1:${daemon.ports[0]}/`);
  expect(String(answer.body)).toBe('served');
  expect(existsSync(`${daemon.folder}/inside/deep/file`)).toBe(true);
  await daemon.close();
  await daemon.close();
  expect(isRunning(daemon.pid)).toBe(false);
  expect(existsSync(daemon.folder)).toBe(false);
});

test('what it wrote is told when it does not start', async () => {
  const failing = planOf('console.error("no such option"); process.exit(3)');
  await expect(startDaemon(failing)).rejects.toThrow('no such option');
});

test('a daemon that will not end is made to', async () => {
  const daemon = await startDaemon(planOf(program('process.on("SIGTERM", () => {});')));
  await daemon.close();
  expect(isRunning(daemon.pid)).toBe(false);
});

test('a daemon ends with the process that started it, even when that is killed', async () => {
  const module = JSON.stringify(fileURLToPath(new URL('start-daemon.ts', import.meta.url)));
  const source = `
    import { startDaemon } from ${module};
    const program = ${JSON.stringify(program(''))};
    const daemon = await startDaemon({
      program: process.execPath,
      ports: 1,
      arguments: ({ ports }) => ['-e', program, String(ports[0])],
      files: () => ({}),
    });
    console.log(daemon.pid, daemon.folder);
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  const [pid = '', folder = ''] = String(line).trim().split(' ');
  expect(isRunning(Number(pid))).toBe(true);
  child.kill('SIGKILL');
  await untilGone(Number(pid));
  while (existsSync(folder)) await wait(10);
});

test('free ports differ and can be listened on', async () => {
  const ports = await freePorts(20);
  expect(new Set(ports).size).toBe(20);
});
