/**
 * The folder of one run, inside the output folder: part files, the list of failures, the table of names. It tells this
 * run's parts from those of a run that died, because a note of the process that owns it is in it; a folder whose owner is
 * gone is a leftover, which is cleared and reported. And it is the lock that keeps a second run out, whose report would
 * stand where the first one's stands.
 *
 * Race: the folders are numbered. A run makes its own elsewhere, with the note in it, and renames it to the number after
 * the highest one; of two that do so at once the second finds the name taken, looks again and meets a run that lives. No
 * number comes free while a higher one is there, so nobody has to take a dead run's lock away to get one.
 */

import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, statSync, unlinkSync } from 'node:fs';
import { join, sep } from 'node:path';
import { DownloadUsageError, OutputFolderError, systemCode } from '../errors.ts';
import { makeFolders } from './make-folders.ts';
import { beat, isHere, livingOwner, modifiedAt, OWNER_FILE, writeOwner } from './run-owner.ts';

/** The folder of all runs, in the output folder. */
export const RUNS_FOLDER = '.cotask';

/** The folder of a run. */
const RUN_NAME = /^run-(\d{1,9})$/;

/** In front of the name of a folder that has no owner's note yet. */
const MAKING = 'making-';

/** Errors that say that another run was faster; Windows has a word of its own for a name that is taken. */
const PASSING: ReadonlySet<string> = new Set(['ENOENT', 'EEXIST', 'ENOTEMPTY', 'EPERM', 'EACCES']);

/** A folder that is still being made after this long belongs to a run that died, in milliseconds. */
const LONGEST_MAKING = 60_000;

/** The files a run makes in its folder; nothing else is ever removed. */
const OWN_FILES = /^(?:\d+\.part|owner\.json|failed\.txt|report\.json|seen\.sqlite(?:-journal)?)$/;

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
   * Race: another run, ending now, removes the folder of all runs between two lines of `tryMake`, or takes the number; so
   * it is tried again.
   *
   * @throws DownloadUsageError `COTASK_DOWNLOAD_BUSY` while another run downloads into the output folder.
   */
  static make(output: string): RunFolder {
    for (let left = 5; ; left--) {
      try {
        return RunFolder.#tryMake(output);
      } catch (error) {
        if (left === 0 || !PASSING.has(systemCode(error) ?? '')) throw error;
      }
    }
  }

  /** The folder gets its name when the note of its owner is in it: another run must never see it without. */
  static #tryMake(output: string): RunFolder {
    const runs = join(output, RUNS_FOLDER);
    makeRealFolder(output, runs);
    refuseBusy(output);
    const folder = new RunFolder(runs, `run-${highestNumber(runs) + 1}`);
    const making = join(runs, `${MAKING}${randomBytes(8).toString('hex')}`);
    mkdirSync(making);
    try {
      writeOwner(making);
      renameSync(making, folder.path);
    } catch (error) {
      clear(making);
      throw error;
    }
    try {
      refuseBusy(output, folder);
    } catch (error) {
      folder.remove();
      throw error;
    }
    return folder;
  }

  /** Gives a sign of life, for runs on other machines; to be called every `BEAT`. */
  beat(): void {
    quietly(() => beat(this.path));
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
  if (RUN_NAME.test(name)) return livingOwner(path) === null;
  return name.startsWith(MAKING) && Date.now() - modifiedAt(path) > LONGEST_MAKING;
}

/**
 * Looks whether another run downloads into the output folder.
 *
 * @param own The folder of the run that asks, once it has one.
 * @throws DownloadUsageError `COTASK_DOWNLOAD_BUSY` if there is one.
 */
export function refuseBusy(output: string, own: RunFolder | null = null): void {
  const runs = join(output, RUNS_FOLDER);
  for (const name of namesIn(runs)) {
    const path = join(runs, name);
    const owner = RUN_NAME.test(name) && path !== own?.path ? livingOwner(path) : null;
    if (owner === null) continue;
    const where = isHere(owner) ? '' : ` on ${owner.host}`;
    const killed = isHere(owner) ? '' : ` If it was killed, remove ${path}, or wait ten minutes.`;
    throw new DownloadUsageError(
      'COTASK_DOWNLOAD_BUSY',
      `Another run downloads into ${output}: process ${owner.pid}${where}.`,
      `Wait for its end, or choose another folder with --into.${killed}`,
    );
  }
}

function highestNumber(runs: string): number {
  return Math.max(0, ...namesIn(runs).map((name) => Number(RUN_NAME.exec(name)?.[1] ?? 0)));
}

/** Makes the folder of all runs, and does not follow a link that stands in its place out of the output folder. */
function makeRealFolder(output: string, path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return void makeFolders(path);
  if (stats.isDirectory()) return;
  throw new OutputFolderError(
    output,
    `${path} is ${stats.isSymbolicLink() ? 'a symbolic link' : 'no folder'}, and the files under way belong in a folder of this name.`,
    'Move it away, or choose another folder with --into.',
  );
}

function clear(path: string): { parts: number; bytes: number } {
  let parts = 0;
  let bytes = 0;
  for (const name of ownFilesIn(path)) {
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

/** The note of the owner comes last: without it, the folder would be one of a run that died. */
function ownFilesIn(path: string): string[] {
  const names = namesIn(path).filter((name) => OWN_FILES.test(name));
  return names.includes(OWNER_FILE) ? [...names.filter((name) => name !== OWNER_FILE), OWNER_FILE] : names;
}

function namesIn(path: string): string[] {
  try {
    return lstatSync(path).isDirectory() ? readdirSync(path) : [];
  } catch {
    return [];
  }
}

function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // What cannot be removed is left; the next run meets it again.
  }
}
