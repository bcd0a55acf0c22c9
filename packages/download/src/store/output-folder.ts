/**
 * The output folder: opened by a probe (a folder that cannot be written says so before the first request), asked which
 * files are there, and given whole files.
 */

import { lstatSync, opendirSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { DownloadUsageError, OutputFolderError } from '../errors.ts';
import type { PartFile } from '../types.ts';
import { folderError, isOutOfHandles } from './folder-error.ts';
import { PartWriter } from './part-writer.ts';
import { makeFolders, removeEmptyFolders } from './make-folders.ts';
import { placeNew, placeOver } from './place-file.ts';
import { removeLeftovers, RunFolder, RUNS_FOLDER } from './run-folder.ts';
import type { Leftovers } from './run-folder.ts';

/** Whether a file was stored, or a file of that name was there. */
export type Stored = 'stored' | 'exists';

/** The folder into which a download writes. */
export class OutputFolder {
  readonly path: string;
  readonly run: RunFolder;
  /** What runs that died had left here. */
  readonly leftovers: Leftovers;
  readonly #overwrite: boolean;
  /** Too many open files are not the folder's fault, and no reason to stop. */
  readonly #explain = (error: unknown): unknown => (isOutOfHandles(error) ? error : folderError(this.path, error));
  /** True if the folder was empty when the run began: then no file in it can be one of an earlier run. */
  readonly #fresh: boolean;

  /** The outermost folder that was made for this run; null if they were all there. */
  readonly #made: string | null;

  private constructor(path: string, overwrite: boolean) {
    this.path = path;
    this.#overwrite = overwrite;
    this.#fresh = isFresh(path);
    this.#made = makeFolders(path);
    this.run = RunFolder.make(path); // From here on, no other run is in the folder.
    this.leftovers = removeLeftovers(path);
  }

  /**
   * Makes the folder if it is not there, and a folder for this run in it.
   *
   * @throws OutputFolderError when it cannot be written.
   * @throws DownloadUsageError `COTASK_DOWNLOAD_BUSY` while another run downloads into it.
   */
  static open(into: string, overwrite: boolean): OutputFolder {
    const path = resolve(into);
    try {
      return new OutputFolder(path, overwrite);
    } catch (error) {
      throw error instanceof DownloadUsageError ? error : folderError(path, error);
    }
  }

  /** True if a file of this name is there from an earlier run. Ask before this run has stored one of that name. */
  has(file: string): boolean {
    return !this.#fresh && holds(this.path, file);
  }

  /** A new part file. */
  openPart(): PartFile {
    return new PartWriter(this.run.nextPart(), this.#explain);
  }

  /** Gives a finished part its final name. */
  store(part: PartFile, file: string): Stored {
    const place = this.#overwrite ? placeOver : placeNew;
    try {
      if (!place(part.path, `${this.path}${sep}${file}`)) return 'exists';
    } catch (error) {
      throw this.#explain(error);
    }
    part.moved();
    return 'stored';
  }

  /** Removes what the run needed while it ran, and the folders it made if nothing has come to stand in them. */
  close(): void {
    this.run.remove();
    if (this.#made !== null) removeEmptyFolders(this.path, this.#made);
  }
}

/** True if a file, folder or link of this name is in a folder. */
export function holds(folder: string, file: string): boolean {
  return lstatSync(join(folder, file), { throwIfNoEntry: false }) !== undefined;
}

/** Refuses an output folder in which a file that a run is to write cannot stand, because a folder does. */
export function refuseFolders(output: string, files: readonly string[]): void {
  const file = files.find((name) => isFolder(join(output, name)));
  if (file === undefined) return;
  throw new OutputFolderError(
    output,
    `${join(output, file)} is a folder, and this run would write a file of that name.`,
    'Move it away, or choose another folder with --into.',
  );
}

function isFolder(path: string): boolean {
  try {
    return lstatSync(path).isDirectory();
  } catch {
    return false; // What is wrong with it is said when it is written.
  }
}

/** True if a folder is not there, or holds nothing that a download may have left. */
export function isFresh(path: string): boolean {
  try {
    const entries = opendirSync(path);
    try {
      for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) {
        if (entry.name !== RUNS_FOLDER) return false;
      }
      return true;
    } finally {
      entries.closeSync();
    }
  } catch {
    return true; // What is wrong with it is said when it is written to.
  }
}
