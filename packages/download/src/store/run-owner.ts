/**
 * Whose a run folder is: a note of the process in it, and whether that process still lives. The note is what makes a lock
 * of the folder, so a run that was killed must not be believed, and one that lives must be, on another machine too.
 */

import { appendFileSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { systemCode } from '../errors.ts';

/** The note's file, in the run folder. */
export const OWNER_FILE = 'owner.json';

/** Between two signs of life, in milliseconds. */
export const BEAT = 60_000;

/** A run on another machine that has given no sign of life for so long counts as dead, in milliseconds. */
const LONGEST_SILENCE = 600_000;

/** The process that a run folder belongs to. */
interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When the process began, as the system says it: a number that is used again belongs to another process. */
  readonly began: string | null;
}

/** Writes the note of this process. */
export function writeOwner(folder: string): void {
  const owner: Owner = { pid: process.pid, host: hostname(), began: beginOf(process.pid) };
  writeFileSync(join(folder, OWNER_FILE), `${JSON.stringify(owner)}\n`, { flag: 'wx' });
}

/** Gives a sign of life. By adding to the note: its time is then the file system's, which all machines share. */
export function beat(folder: string): void {
  appendFileSync(join(folder, OWNER_FILE), '\n');
}

/** The owner if it lives; null if it is dead, or the folder has no readable note: its run died while it was made. */
export function livingOwner(folder: string): Owner | null {
  const owner = readOwner(folder);
  return owner !== null && isAlive(owner, folder) ? owner : null;
}

/** True for a process on this machine. */
export function isHere({ host }: Owner): boolean {
  return host === hostname();
}

function readOwner(folder: string): Owner | null {
  try {
    const read: unknown = JSON.parse(readFileSync(join(folder, OWNER_FILE), 'utf8'));
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

/** A process on another machine that shares the folder cannot be seen from here: its note must do. */
function isAlive(owner: Owner, folder: string): boolean {
  if (!isHere(owner)) return Date.now() - modifiedAt(join(folder, OWNER_FILE)) < LONGEST_SILENCE;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
  return owner.began === null || owner.began === beginOf(owner.pid);
}

/** When a file or folder was changed; never, for one that is gone. */
export function modifiedAt(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
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
