import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const script = fileURLToPath(new URL('setup.mjs', import.meta.url));

/**
 * Stands for npm: it empties node_modules as `npm ci` does, notes that it began, works until the file `go` is there, and
 * notes that it ended.
 */
const npmStandIn = `
import { appendFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
appendFileSync('log', 'begin ' + process.pid + '\\n');
rmSync('node_modules', { recursive: true, force: true });
mkdirSync('node_modules');
while (!existsSync('go')) await new Promise((resolve) => setTimeout(resolve, 10));
appendFileSync('log', 'end\\n');
process.exitCode = existsSync('broken') ? 3 : 0;
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cotask-setup-'));
  mkdirSync(join(folder, 'npm'));
  writeFileSync(join(folder, 'npm', 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'npm', 'npm-cli.js'), npmStandIn);
  writeFileSync(join(folder, 'package-lock.json'), '{}');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface SetUp {
  pid: number;
  ended: Promise<number | NodeJS.Signals | null>;
}

const setUp = (): SetUp => {
  const env = { ...process.env, npm_execpath: join(folder, 'npm', 'npm-cli.js') };
  const child = spawn(process.execPath, [script, folder], { env, stdio: 'ignore' });
  const { promise: ended, resolve } = Promise.withResolvers<number | NodeJS.Signals | null>();
  child.once('close', (code, signal) => resolve(code ?? signal));
  return { pid: child.pid ?? 0, ended };
};

const write = (name: string, text = ''): void => writeFileSync(join(folder, name), text);
const isThere = (name: string): boolean => existsSync(join(folder, name));
const log = (): string[] => (isThere('log') ? readFileSync(join(folder, 'log'), 'utf8').trim().split('\n') : []);
const npmRuns = (): number => log().filter((line) => line.startsWith('begin')).length;

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await delay(10);
};

const numberOfAProcessThatEnded = (): number => spawnSync(process.execPath, ['--version']).pid;

test('installs once and then only looks at the stamp', async () => {
  write('go');
  expect(await setUp().ended).toBe(0);
  expect(await setUp().ended).toBe(0);
  expect(npmRuns()).toBe(1);
  expect(isThere('.setup.lock')).toBe(false);
});

test('installs again when the lockfile has changed', async () => {
  write('go');
  await setUp().ended;
  write('package-lock.json', '{ "name": "other" }');
  expect(await setUp().ended).toBe(0);
  expect(npmRuns()).toBe(2);
});

test('leaves no stamp when npm fails, and ends with 1', async () => {
  write('go');
  write('broken');
  expect(await setUp().ended).toBe(1);
  expect(isThere('node_modules/.lock-stamp')).toBe(false);
  rmSync(join(folder, 'broken'));
  expect(await setUp().ended).toBe(0);
});

// Four come at once to a folder whose lock names a process that is long gone: one takes it over and installs, and the
// others find the stamp when they have waited.
test('installs once when four run at the same time, over a dead lock', async () => {
  write('.setup.lock', String(numberOfAProcessThatEnded()));
  const runs = [setUp(), setUp(), setUp(), setUp()];
  await until(() => npmRuns() > 0);
  await delay(300);
  write('go');
  expect(await Promise.all(runs.map(({ ended }) => ended))).toEqual([0, 0, 0, 0]);
  expect(npmRuns()).toBe(1);
});

// A set-up is killed outright while its npm works on; a second set-up comes. It waits until that npm has ended, since two
// would undo each other, and then installs anew, since nobody vouched for the first.
test('waits for the npm of a killed set-up before it installs', async () => {
  const killed = setUp();
  await until(() => npmRuns() === 1);
  process.kill(killed.pid, 'SIGKILL');
  expect(await killed.ended).toBe('SIGKILL');
  const second = setUp();
  await delay(500);
  expect(npmRuns()).toBe(1);
  write('go');
  expect(await second.ended).toBe(0);
  expect(log().map((line) => line.split(' ')[0])).toEqual(['begin', 'end', 'begin', 'end']);
});

// npm has ended, and the set-up that started it is about to write the stamp: nobody may take its lock for a dead one.
test.for(['first', 'second'])('waits while the %s of the two processes in the lock is alive', async (which) => {
  const pids = [process.pid, numberOfAProcessThatEnded()];
  write('.setup.lock', (which === 'first' ? pids : pids.toReversed()).join(' '));
  write('go');
  const waiting = setUp();
  await delay(500);
  expect(npmRuns()).toBe(0);
  rmSync(join(folder, '.setup.lock'));
  expect(await waiting.ended).toBe(0);
});

test.for(['SIGINT', 'SIGTERM'] as const)('ends with its npm at once on %s, and the next one heals', async (signal) => {
  const stopped = setUp();
  await until(() => npmRuns() === 1);
  process.kill(stopped.pid, signal);
  expect(await stopped.ended).toBe(signal);
  write('go');
  expect(await setUp().ended).toBe(0);
  expect(log().map((line) => line.split(' ')[0])).toEqual(['begin', 'begin', 'end']);
});
