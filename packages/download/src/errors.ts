/** The errors that end a whole download. What fails for one line only is no error but a line of the report. */

import { CotaskError } from 'cotask';
import type { Report } from './report/report.ts';

/** The options, or the list, cannot be used as they are; nothing was requested and nothing was written. */
export class DownloadUsageError extends CotaskError {
  /** What to do about it, in one sentence. */
  readonly hint: string;

  constructor(code: UsageCode, message: string, hint: string, options?: { cause?: unknown }) {
    super(code, message, options);
    this.hint = hint;
  }
}

/** `_OPTION` a bad option, `_LIST` a list that cannot be read, `_STRICT` bad lines under `strict`, `_EXISTS` files of an earlier run, `_BUSY` another run in the folder. */
export type UsageCode =
  | 'COTASK_DOWNLOAD_OPTION'
  | 'COTASK_DOWNLOAD_LIST'
  | 'COTASK_DOWNLOAD_STRICT'
  | 'COTASK_DOWNLOAD_EXISTS'
  | 'COTASK_DOWNLOAD_BUSY';

/** The output folder cannot be written, or is full. Every start was stopped; what was whole by then is kept. */
export class OutputFolderError extends CotaskError {
  readonly folder: string;
  readonly hint: string;
  /** What was done until then; null when the run had not begun. */
  report: Report | null = null;

  constructor(folder: string, message: string, hint: string, options?: { cause?: unknown }) {
    super('COTASK_DOWNLOAD_FOLDER', message, options);
    this.folder = folder;
    this.hint = hint;
  }
}

/** The system's code of an error (`ENOENT`), or null. */
export function systemCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
