/**
 * The lines that failed, one by one, in a file and not in memory. The file is itself a list: each reason is a comment
 * over its URL, so that `cotask download failed.txt` tries again just these.
 */

import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { BadLine, Failure, ListedUrl } from '../types.ts';

/** Writes the list of failures while a download runs. */
export class FailedList {
  readonly #path: string;
  /** Opened at once: when a line fails because too many files are open, it would be too late. */
  #handle: number | null;
  #isEmpty = true;

  /**
   * @param path Where the list is written until the download ends. Throws what the disk says.
   */
  constructor(path: string) {
    this.#path = path;
    this.#handle = openSync(path, 'wx');
  }

  /** Adds a line. Throws what the disk says. */
  add(entry: ListedUrl | BadLine, failure: Failure): void {
    if (this.#handle === null) return;
    this.#isEmpty = false;
    writeSync(this.#handle, `# line ${entry.line}: ${oneLine(failure.message)}\n${urlOf(entry)}\n`);
  }

  /** Gives the list its place; a list that an earlier run left there goes in any case. */
  publish(place: string): void {
    if (this.#isEmpty) rmSync(place, { force: true });
    else renameSync(this.#path, place);
    this.close();
  }

  /** Closes the file, and leaves it where it is. */
  close(): void {
    if (this.#handle !== null) closeSync(this.#handle);
    this.#handle = null;
  }
}

/** A URL whose password was taken away would fail for another reason: it stays in the list as a comment. */
function urlOf(entry: ListedUrl | BadLine): string {
  if (!('href' in entry)) return `#   ${oneLine(entry.excerpt)}`;
  return entry.authorization === null ? entry.href : `#   ${entry.href} (its user and password are not written here)`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
