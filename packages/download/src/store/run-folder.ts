/**
 * The folder of one run, inside the output folder: part files, the list of failures, the table of names. It is what
 * tells this run's parts from those of a run that died: each run has a folder of its own, named at random, and in it a
 * note of the process that owns it. A folder whose owner is gone is a leftover; it is cleared and reported.
 */

import { randomBytes } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join, sep } from 'node:path';
import { systemCode } from '../errors.ts';
import { makeFolders } from './make-folders.ts';

/** The folder of all runs, in the output folder. */
export const RUNS_FOLDER = '.cotask';

const OWNER_FILE = 'owner.json';

/** In front of the name of a folder that has no owner's note yet. */
const MAKING = 'making-';

/** A folder that is still being made after this long belongs to a run that died, in milliseconds. */
const LONGEST_MAKING = 60_000;

/** The files a run makes in its folder; nothing else is ever removed. */
const OWN_FILES = /^(?:\d+\.part|owner\.json|failed\.txt|report\.json|seen\.sqlite(?:-journal)?)$/;

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When the process began, as the system says it: a number that is used again belongs to another process. */
  readonly began: string | null;
}

/** What a run that died left behind. */
export interface Leftovers {
  /** Runs that died. */
  readonly runs: number;
  /** Their part files, removed. */
  readonly parts: number;
  /** The bytes in these. */
  readonly bytes: number;
}

/** The folder of this run. */
export class RunFolder {
  readonly path: string;
  readonly #runs: string;
  #parts = 0;

  private constructor(runs: string, name: string) {
    this.#runs = runs;
    this.path = join(runs, name);
  }

  /**
   * Makes the folder. What this throws, no file could have been written for.
   *
   * Race: another run, ending now, removes the folder of all runs between two lines of `tryMake`; so it is tried again.
   */
  static make(output: string): RunFolder {
    for (let left = 5; ; left--) {
      try {
        return RunFolder.#tryMake(join(output, RUNS_FOLDER), randomBytes(8).toString('hex'));
      } catch (error) {
        if (left === 0 || systemCode(error) !== 'ENOENT') throw error;
      }
    }
  }

  /** The folder gets its name when the note of its owner is in it: another run must never see it without. */
  static #tryMake(runs: string, name: string): RunFolder {
    const making = join(runs, `${MAKING}${name}`);
    makeRealFolder(runs);
    mkdirSync(making);
    writeFileSync(join(making, OWNER_FILE), `${JSON.stringify(thisOwner())}\n`, { flag: 'wx' });
    const folder = new RunFolder(runs, name);
    renameSync(making, folder.path);
    return folder;
  }

  /** The path of a part file that no other part has had. */
  nextPart(): string {
    this.#parts++;
    return `${this.path}${sep}${this.#parts}.part`;
  }

  /** The path of another file of the run. */
  file(name: 'failed.txt' | 'report.json' | 'seen.sqlite'): string {
    return join(this.path, name);
  }

  /** Removes what is left of this run, and the folder of all runs if no other run is in it. */
  remove(): void {
    clear(this.path);
    quietly(() => rmdirSync(this.#runs));
  }
}

/** Removes what runs that died have left in the output folder. */
export function removeLeftovers(output: string): Leftovers {
  const runs = join(output, RUNS_FOLDER);
  const found = { runs: 0, parts: 0, bytes: 0 };
  for (const name of namesIn(runs)) {
    if (!isLeftover(join(runs, name), name)) continue;
    const { parts, bytes } = clear(join(runs, name));
    found.runs++;
    found.parts += parts;
    found.bytes += bytes;
  }
  return found;
}

function isLeftover(path: string, name: string): boolean {
  if (/^[0-9a-f]{16}$/.test(name)) return !isAlive(readOwner(path));
  return name.startsWith(MAKING) && Date.now() - modifiedAt(path) > LONGEST_MAKING;
}

function modifiedAt(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
}

/** Makes a folder, and does not follow a link that stands in its place out of the output folder. */
function makeRealFolder(path: string): void {
  makeFolders(path);
  if (lstatSync(path).isDirectory()) return;
  throw Object.assign(new Error(`${path} is a symbolic link`), { code: 'ENOTDIR' });
}

function clear(path: string): { parts: number; bytes: number } {
  let parts = 0;
  let bytes = 0;
  for (const name of namesIn(path)) {
    if (!OWN_FILES.test(name)) continue;
    const file = join(path, name);
    if (name.endsWith('.part')) {
      parts++;
      quietly(() => (bytes += statSync(file).size));
    }
    quietly(() => unlinkSync(file));
  }
  quietly(() => rmdirSync(path));
  return { parts, bytes };
}

function namesIn(path: string): string[] {
  try {
    return lstatSync(path).isDirectory() ? readdirSync(path) : [];
  } catch {
    return [];
  }
}

function thisOwner(): Owner {
  return { pid: process.pid, host: hostname(), began: beginOf(process.pid) };
}

/** Null where there is no readable note: a run that died while it made its folder. */
function readOwner(path: string): Owner | null {
  try {
    const read: unknown = JSON.parse(readFileSync(join(path, OWNER_FILE), 'utf8'));
    return isOwner(read) ? read : null;
  } catch {
    return null;
  }
}

function isOwner(value: unknown): value is Owner {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'pid' in value &&
    typeof value.pid === 'number' &&
    'host' in value &&
    typeof value.host === 'string' &&
    'began' in value
  );
}

/** A run on another machine that shares the folder cannot be seen from here, and counts as alive. */
function isAlive(owner: Owner | null): boolean {
  if (owner === null) return false;
  if (owner.host !== hostname()) return true;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
  return owner.began === null || owner.began === beginOf(owner.pid);
}

/** When a process began, in clock ticks since boot; null where there is no /proc. */
function beginOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // What cannot be removed is left; the next run meets it again.
  }
}
