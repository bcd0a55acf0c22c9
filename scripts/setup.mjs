// Installs what the lockfile names, if it is not there yet: `node scripts/setup.mjs [folder]`.
//
// It runs before `npm start` and `npm test`, so it is plain JavaScript for whatever Node the machine has, and does
// nothing but compare a stamp when the installation is whole. The stamp is written last, and `npm ci` begins by emptying
// node_modules, stamp included: half an installation is never taken for a whole one.
//
// Runs that come at the same time wait for one another. The lock names this process and, while it runs, npm's: npm goes on
// when this process is killed, and nobody may start beside it; this process goes on when npm has ended.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = resolve(root, process.argv[2] ?? '.');
const isRoot = folder === resolve(root);
const stampFile = join(folder, 'node_modules', '.lock-stamp');
const lockFile = join(folder, '.setup.lock');
const neededNode = 26;
const pollMs = 200;
const heartbeatMs = 5_000;
/** A lock that nobody has touched for so long is not believed, though its process number may be in use again. */
const abandonedMs = 600_000;

const wantedStamp = () =>
  createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .update(`${process.platform}-${process.arch}`)
    .digest('hex');

const readOrEmpty = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

const isInstalled = () => readOrEmpty(stampFile) === wantedStamp();

/** A process that has ended but that nobody has collected still has a number: Linux calls it Z. */
const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  return !/\) Z /.test(readOrEmpty(`/proc/${pid}/stat`));
};

/** The processes that the lock names, and whether all of them are gone; null when there is no lock. */
const readLock = () => {
  const touched = statSync(lockFile, { throwIfNoEntry: false })?.mtimeMs;
  const text = readOrEmpty(lockFile);
  if (touched === undefined) return null;
  const age = Date.now() - touched;
  const pids = text.split(' ').map(Number);
  return { pids, dead: age > abandonedMs || (text === '' ? age > heartbeatMs : !pids.some(isAlive)) };
};

/** Creates `file` with `text`, whole from the first moment; false if it is there already. */
const createWhole = (file, text) => {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, text);
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
};

const nameInLock = (pid) => {
  const own = `${lockFile}.${process.pid}`;
  writeFileSync(own, `${process.pid} ${pid}`);
  renameSync(own, lockFile);
};

/** Removes a dead process's lock. One at a time may, so that nobody removes the fresh lock of another who just did. */
const breakDeadLock = () => {
  const breaker = `${lockFile}.breaker`;
  const age = Date.now() - (statSync(breaker, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  if (age > heartbeatMs) rmSync(breaker, { force: true });
  if (!createWhole(breaker, String(process.pid))) return;
  if (readLock()?.dead) rmSync(lockFile, { force: true });
  rmSync(breaker, { force: true });
};

const pause = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pollMs);

/** Returns true with the lock in hand, false if another process finished the installation meanwhile. */
const takeLock = () => {
  let told = false;
  while (!createWhole(lockFile, String(process.pid))) {
    const lock = readLock();
    if (lock?.dead) breakDeadLock();
    if (lock === null || lock.dead) continue;
    if (!told) console.error(`Waiting for the set-up that process ${lock.pids[0]} is running …`);
    told = true;
    pause();
    if (isInstalled()) return false;
  }
  return true;
};

const npmCommand = () => {
  const npm = process.env.npm_execpath ?? '';
  return basename(npm) === 'npm-cli.js' ? [process.execPath, npm] : ['npm'];
};

/**
 * Runs `npm ci`; resolves to its exit code. A signal ends npm too, hard, since the next set-up begins from nothing anyway,
 * and this process at once; the lock stays, since npm may take seconds to be gone.
 */
const install = () =>
  new Promise((done, failed) => {
    const flags = [
      '--include=dev',
      '--include=optional',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ];
    const [command, ...args] = [...npmCommand(), 'ci', `--prefix=${folder}`, ...flags];
    const npm = spawn(command, args, { cwd: folder, env: { ...process.env, NODE_ENV: '' }, stdio: ['ignore', 2, 2] });
    if (npm.pid !== undefined) nameInLock(npm.pid);
    const heartbeat = setInterval(
      () => existsSync(lockFile) && utimesSync(lockFile, new Date(), new Date()),
      heartbeatMs,
    );
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.once(signal, () => {
        npm.kill('SIGKILL');
        process.kill(process.pid, signal);
      });
    }
    npm.once('error', failed);
    npm.once('close', (code) => {
      clearInterval(heartbeat);
      done(code ?? 1);
    });
  });

/** Where no Node of ours runs on this platform, the machine's own has to do, if it is new enough. */
const checkNode = () => {
  const own = join(folder, 'node_modules', '.bin', 'node');
  if (existsSync(own) && spawnSync(own, ['--version']).status === 0) return true;
  rmSync(own, { force: true });
  if (Number.parseInt(process.versions.node, 10) >= neededNode) return true;
  console.error(
    `There is no ready-made Node ${neededNode} for ${process.platform}-${process.arch}, and this is ${process.version}.`,
  );
  console.error(`Put Node ${neededNode} or newer on PATH and run the command again.`);
  return false;
};

const setUp = async () => {
  if (isInstalled() || !takeLock()) return 0;
  try {
    if (isInstalled()) return 0;
    console.error(isRoot ? 'Setting up, once: the dependencies and Node …' : `Setting up ${process.argv[2]}, once …`);
    const code = await install();
    if (code !== 0) {
      console.error(`The set-up failed: npm ended with ${code}. Is the network there? What npm said stands above.`);
      return 1;
    }
    if (isRoot && !checkNode()) return 1;
    writeFileSync(stampFile, wantedStamp());
    return 0;
  } finally {
    rmSync(lockFile, { force: true });
  }
};

process.exitCode = await setUp();
