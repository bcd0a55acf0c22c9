/**
 * Servers of others as child processes. Each has a folder of its own, ports of its own, and a guard that ends it together
 * with this process, however this process ends. Where tests run as root, it runs as nobody.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePorts } from './free-ports.ts';

/** Where a server runs: what its configuration is written from. */
export interface DaemonPlace {
  /** An absolute path, readable and writable by the server. */
  readonly folder: string;
  /** As many as were asked for; free a moment ago. */
  readonly ports: readonly number[];
}

/** What to run. */
export interface DaemonPlan {
  readonly program: string;
  /** How many ports it listens on; all must answer before it counts as started. */
  readonly ports: number;
  /** Sockets in its folder that must answer too. */
  readonly sockets?: readonly string[];
  readonly arguments: (place: DaemonPlace) => readonly string[];
  /** Files of its folder, by their path there. */
  readonly files: (place: DaemonPlace) => Readonly<Record<string, string | Uint8Array>>;
}

/** A running server. */
export interface Daemon extends DaemonPlace, AsyncDisposable {
  readonly pid: number;
  /** What it has written to its outputs, until it is closed. */
  output(): string;
  /** Tells it something: to read its configuration anew, most often. */
  signal(name: NodeJS.Signals): void;
  /** Ends it and waits until it, its children and its folder are gone. May be called more than once. */
  close(): Promise<void>;
}

const guard = fileURLToPath(new URL('daemon-guard.sh', import.meta.url));
const startsWithin = 10_000;
const pollEvery = 10;
const attempts = 3;

/** When its files were changed last: long ago, or servers would take the validators of a file for weak ones. */
const modified = new Date('2020-01-01T00:00:00Z');

/** Debian's `nobody` and `nogroup`. */
const nobody = 65_534;

/** @throws An error with what the server wrote, when it ended, or did not listen within ten seconds. */
export async function startDaemon(plan: DaemonPlan): Promise<Daemon> {
  for (let attempt = 1; ; attempt += 1) {
    const daemon = await spawnDaemon(plan);
    if (await daemon.untilItListens()) return daemon;
    const output = daemon.output();
    await daemon.close();
    // Somebody was faster to take one of the ports.
    if (attempt < attempts && /address already in use|cannot bind/iu.test(output)) continue;
    throw new Error(`${plan.program} did not start: ${output}`);
  }
}

async function spawnDaemon(plan: DaemonPlan): Promise<RunningDaemon> {
  const folder = mkdtempSync(join(tmpdir(), 'cotask-daemon-'));
  const place = { folder, ports: await freePorts(plan.ports) };
  const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  writeFiles(folder, plan.files(place), process.getuid?.() === 0);
  const child = spawn('/bin/sh', [guard, folder, plan.program, ...plan.arguments(place)], {
    stdio: ['pipe', 'pipe', 'ignore'],
    cwd: folder,
    // A process group of its own: the guard ends all of it.
    detached: true,
    ...user,
  });
  return await RunningDaemon.of(child, plan, place);
}

/** The folder belongs to whom the server runs as. */
function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>, asNobody: boolean): void {
  const own = (path: string): void => {
    if (asNobody) chownSync(path, nobody, nobody);
  };
  chmodSync(folder, 0o755);
  own(folder);
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    for (let above = dirname(path); above !== folder; above = dirname(above)) own(above);
    writeFileSync(path, content);
    utimesSync(path, modified, modified);
    own(path);
  }
}

class RunningDaemon implements Daemon {
  readonly folder: string;
  readonly ports: readonly number[];
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #sockets: readonly string[];
  readonly #guardEnded: Promise<unknown>;
  #isEnded = false;

  private constructor(child: ChildProcess, pid: number, plan: DaemonPlan, place: DaemonPlace) {
    this.folder = place.folder;
    this.ports = place.ports;
    this.pid = pid;
    this.#child = child;
    this.#sockets = plan.sockets ?? [];
    this.#guardEnded = once(child, 'close');
  }

  /** The guard's first word is the server's process id, its second that the server has ended. */
  static async of(child: ChildProcess, plan: DaemonPlan, place: DaemonPlace): Promise<RunningDaemon> {
    if (child.stdout === null) throw new TypeError('the guard has an output');
    const words = createInterface(child.stdout);
    const [pid] = await once(words, 'line');
    const daemon = new RunningDaemon(child, Number(pid), plan, place);
    words.once('line', () => {
      daemon.#isEnded = true;
    });
    return daemon;
  }

  /** False when it ended, or took too long. */
  async untilItListens(): Promise<boolean> {
    const targets = [
      ...this.ports.map((port) => ({ port, host: '127.0.0.1' })),
      ...this.#sockets.map((name) => ({ path: join(this.folder, name) })),
    ];
    const until = performance.now() + startsWithin;
    for (const target of targets) {
      while (!(await answers(target))) {
        if (this.#isEnded || performance.now() > until) return false;
        await new Promise((resolve) => setTimeout(resolve, pollEvery));
      }
    }
    return !this.#isEnded;
  }

  output(): string {
    return readFileSync(join(this.folder, 'output'), 'utf8');
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name);
  }

  async close(): Promise<void> {
    this.#child.stdin?.end();
    await this.#guardEnded;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function answers(target: { port: number; host: string } | { path: string }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(target);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
