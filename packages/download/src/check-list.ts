/**
 * What can be said about a list before the first request: under `strict`, that every line is a URL; and in a folder that
 * holds something, that no file of the list is there already.
 */

import { coroutine, sleep } from 'cotask';
import type { Coroutine } from 'cotask';
import { DownloadUsageError } from './errors.ts';
import { fileNameOf } from './plan/file-name.ts';
import { isListedUrl } from './source/check-url.ts';
import { openList } from './source/list-source.ts';
import type { BadLine, ListedUrl } from './types.ts';

/** What to check. */
export interface ListChecks {
  /** Refuse a list with a bad line. */
  readonly strict: boolean;
  /** Says whether a file is there from an earlier run; null if it does not matter. */
  readonly has: ((file: string) => boolean) | null;
  /** Ends the check early. */
  readonly stop: AbortSignal | null;
}

/** Lines looked at for files that are there; those behind are looked at when they are planned. */
const LINES_LOOKED_UP = 100_000;

/** Bad lines named. */
const NAMED_LINES = 5;

/**
 * Reads the whole list file once and throws away what it read.
 *
 * @throws DownloadUsageError `COTASK_DOWNLOAD_STRICT` or `COTASK_DOWNLOAD_EXISTS`.
 */
export const checkList: (file: string, checks: ListChecks) => Coroutine<void> = coroutine(function* checkList(
  file: string,
  { strict, has, stop }: ListChecks,
) {
  const bad = new BadLines();
  const list = yield* openList({ file });
  let lookups = 0;
  try {
    for (let batch = yield* list.next(); batch !== null; batch = yield* list.next()) {
      for (const entry of batch) {
        if (!isListedUrl(entry)) bad.add(entry);
        else if (has !== null && lookups++ < LINES_LOOKED_UP) refuseExisting(entry, has);
      }
      if (stop?.aborted === true || (!strict && lookups >= LINES_LOOKED_UP)) break;
      yield* sleep(0); // A Ctrl-C gets its turn.
    }
  } finally {
    list.close();
  }
  if (strict) bad.refuse(file);
});

function refuseExisting(entry: ListedUrl, has: (file: string) => boolean): void {
  const file = fileNameOf(entry.identity);
  if (has(file)) throw fileExists(entry.line, file);
}

/** The refusal of a list one of whose files is there. */
export function fileExists(line: number, file: string): DownloadUsageError {
  return new DownloadUsageError(
    'COTASK_DOWNLOAD_EXISTS',
    `The file of line ${line} is there already: ${file}.`,
    'Use --skip-existing to keep such files, --overwrite to replace them, or choose another folder.',
  );
}

class BadLines {
  readonly #first: string[] = [];
  #count = 0;

  add({ line, reason, excerpt }: BadLine): void {
    this.#count++;
    if (this.#first.length < NAMED_LINES) this.#first.push(`  line ${line}: ${reason}: ${excerpt}`);
  }

  refuse(file: string): void {
    if (this.#count === 0) return;
    const more = this.#count > NAMED_LINES ? `\n  and ${this.#count - NAMED_LINES} more` : '';
    const count = this.#count === 1 ? 'a bad line' : `${this.#count} bad lines`;
    throw new DownloadUsageError(
      'COTASK_DOWNLOAD_STRICT',
      `The list ${file} has ${count}:\n${this.#first.join('\n')}${more}`,
      'Correct them, or leave --strict out to download the other lines.',
    );
  }
}
