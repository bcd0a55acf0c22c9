/** The options of a download: what each means, its default, and what it refuses. */

import type { HeadersInput } from '@cotask/http';
import { DownloadUsageError } from './errors.ts';
import type { DownloadListener } from './events.ts';
import type { ListSource } from './source/list-source.ts';
import type { ExistingFiles } from './types.ts';

/** How to download. Times in milliseconds. */
export interface DownloadOptions {
  /** The output folder; it is made if it is not there. */
  into: string;
  /** Requests at once, in all. Default 64. */
  limit?: number;
  /** Requests at once for one host (`name:port`). Default 8. */
  limitPerHost?: number;
  /** How often a URL is tried again after a failure that may pass. Default 4. */
  retries?: number;
  /** A try fails when no byte comes for so long, or when connecting takes that long. Default 30,000. */
  timeout?: number;
  /** A try fails when its file is not there after so long, however much has come. Default: none. */
  maxTime?: number;
  /** The largest file, in bytes: a larger one fails. Default: none. */
  maxSize?: number;
  /** A try fails when a body comes slower than so many bytes a second, on average over `timeout`. Default 10. */
  minRate?: number;
  /** Sent with every request. `Authorization` and `Cookie` are not sent on to another origin by a redirect. */
  headers?: HeadersInput;
  /** What to do with a file that is there from an earlier run. Default `refuse`. */
  existing?: ExistingFiles;
  /** Sync every file, and the folder, to the disk before the file counts as stored. Default false. */
  fsync?: boolean;
  /** Check the whole list before the first request, and refuse it if a line is bad. Needs a list file. Default false. */
  strict?: boolean;
  /** Ends the download early: no more lines are taken, and what is under way gets `grace` to end. */
  stop?: AbortSignal;
  /** What is under way gets so long after `stop`. Default 5,000. */
  grace?: number;
  /** Hears every event. */
  onEvent?: DownloadListener;
}

/** The options with their defaults. */
export type Settings = Required<Omit<DownloadOptions, 'stop' | 'headers' | 'onEvent'>> & {
  readonly headers: HeadersInput;
  readonly stop: AbortSignal | null;
  readonly onEvent: DownloadListener | null;
};

/** The defaults, for the documentation as well. */
export const DEFAULTS: Readonly<
  Pick<Settings, 'limit' | 'limitPerHost' | 'retries' | 'timeout' | 'minRate' | 'grace'>
> = {
  limit: 64,
  limitPerHost: 8,
  retries: 4,
  timeout: 30_000,
  minRate: 10,
  grace: 5_000,
};

/** A timer of the platform holds no more. */
const LONGEST_TIME = 2 ** 31 - 1;

const KNOWN: ReadonlySet<string> = new Set<keyof DownloadOptions>([
  ...(['into', 'limit', 'limitPerHost', 'retries', 'timeout', 'maxTime', 'maxSize', 'minRate'] as const),
  ...(['headers', 'existing', 'fsync', 'strict', 'stop', 'grace', 'onEvent'] as const),
]);

/**
 * Checks the list and the options, and fills in the defaults.
 *
 * @throws DownloadUsageError `COTASK_DOWNLOAD_OPTION` with the option's name.
 */
export function checkOptions(source: ListSource, options: DownloadOptions): Settings {
  checkSource(source);
  if (typeof options !== 'object' || options === null)
    throw refused('The options are missing.', "Pass at least { into: 'folder' }.");
  for (const name of Object.keys(options)) {
    if (!KNOWN.has(name)) throw refused(`There is no option ${name}.`, `The options are ${[...KNOWN].join(', ')}.`);
  }
  const { into, existing = 'refuse', fsync = false, strict = false, stop, headers = {}, onEvent } = options;
  const { maxTime = Infinity } = options;
  if (typeof into !== 'string' || into === '' || into.includes('\0'))
    throw refused('into is not the path of a folder.', "Pass { into: 'folder' }.");
  if (!['refuse', 'overwrite', 'skip'].includes(existing))
    throw refused(`existing is ${shown(existing)}.`, "It is 'refuse', 'overwrite' or 'skip'.");
  if (strict && !('file' in source))
    throw refused(
      'strict needs a list file: other lists can be read only once.',
      "Pass { file: 'urls.txt' }, or leave strict out.",
    );
  return {
    ...{ into, existing, fsync, strict, headers, stop: stop ?? null, onEvent: onEvent ?? null },
    limit: whole('limit', options.limit ?? DEFAULTS.limit, 1, 10_000),
    limitPerHost: whole('limitPerHost', options.limitPerHost ?? DEFAULTS.limitPerHost, 1, 10_000),
    retries: whole('retries', options.retries ?? DEFAULTS.retries, 0, 100),
    timeout: whole('timeout', options.timeout ?? DEFAULTS.timeout, 1, LONGEST_TIME),
    maxTime: maxTime === Infinity ? Infinity : whole('maxTime', maxTime, 1, LONGEST_TIME),
    maxSize:
      options.maxSize === Infinity
        ? Infinity
        : whole('maxSize', options.maxSize ?? Number.MAX_SAFE_INTEGER, 1, Number.MAX_SAFE_INTEGER),
    minRate: whole('minRate', options.minRate ?? DEFAULTS.minRate, 0, Number.MAX_SAFE_INTEGER),
    grace: whole('grace', options.grace ?? DEFAULTS.grace, 0, LONGEST_TIME),
  };
}

function checkSource(source: ListSource): void {
  if (typeof source !== 'object' || source === null) {
    throw refused(
      `The list is ${shown(source)}.`,
      "Pass { file: 'urls.txt' }, { stream }, or the URLs: ['https://…'].",
    );
  }
  if ('file' in source) {
    if (typeof source.file === 'string' && source.file !== '') return;
    throw refused('The path of the list file is missing.', "Pass { file: 'urls.txt' }.");
  }
  const items = 'stream' in source ? source.stream : source;
  if (typeof items === 'object' && items !== null && (Symbol.asyncIterator in items || Symbol.iterator in items))
    return;
  throw refused('The list cannot be read.', "Pass { file: 'urls.txt' }, { stream }, or the URLs: ['https://…'].");
}

function whole(name: string, value: number, least: number, most: number): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw refused(`${name} is ${shown(value)}.`, `It is a whole number from ${least} to ${most}.`);
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function refused(message: string, hint: string): DownloadUsageError {
  return new DownloadUsageError('COTASK_DOWNLOAD_OPTION', message, hint);
}
