/** The front of the package: a list of URLs becomes files in a folder, and a report. */

import { join, resolve } from 'node:path';
import { coroutine, fromPromise, getEventLoop } from 'cotask';
import type { Coroutine, TimerHandle } from 'cotask';
import { ClientSession } from '@cotask/http';
import { checkList } from './check-list.ts';
import { DownloadUsageError, OutputFolderError } from './errors.ts';
import type { DownloadEvent } from './events.ts';
import { readHostsFile } from './fetch/hosts-file.ts';
import { NameResolver } from './fetch/resolve-name.ts';
import { checkOptions } from './options.ts';
import type { DownloadOptions, Settings } from './options.ts';
import { runPipeline } from './pipeline.ts';
import { FailedList } from './record/failed-list.ts';
import type { Report } from './report/report.ts';
import { Tally } from './report/tally.ts';
import { writeReport } from './report/write-report.ts';
import { openList } from './source/list-source.ts';
import type { ListSource, OpenList } from './source/list-source.ts';
import { folderError } from './store/folder-error.ts';
import { holds, isFresh, OutputFolder, refuseFolders } from './store/output-folder.ts';
import { refuseBusy } from './store/run-folder.ts';
import { BEAT } from './store/run-owner.ts';

/** The report of a download, in its folder. */
export const REPORT_FILE = 'report.json';

/** The list of the lines that failed, in the download's folder. */
export const FAILED_LIST = 'failed.txt';

/**
 * Downloads every URL of a list into a folder.
 *
 * What fails for one URL is a line of the report; only what makes the whole download impossible is thrown. Cancelling
 * the task that waits for it ends every request at once and removes what is not whole; `stop` ends it gently.
 *
 * @example
 * ```ts no-run
 * import { run } from 'cotask';
 * import { download } from '@cotask/download';
 *
 * const report = await run(download({ file: 'urls.txt' }, { into: 'files', limit: 32 }));
 * console.log(`${report.files} files, ${report.failed} failed`);
 * ```
 * @throws DownloadUsageError for a bad option, at once; for a list that cannot be used, before the first request.
 * @throws OutputFolderError when the folder cannot be written, or is full; its `report` says what was done until then.
 */
export function download(source: ListSource, options: DownloadOptions): Coroutine<Report> {
  return downloadAll(source, checkOptions(source, options));
}

const downloadAll = coroutine(function* downloadAll(source: ListSource, settings: Settings) {
  const list = yield* openList(source);
  try {
    yield* checkBefore(source, list, settings);
    return yield* withSession(list, settings);
  } finally {
    list.close();
  }
});

/** What can be refused before the first request is refused before anything is written. */
const checkBefore = coroutine(function* checkBefore(source: ListSource, list: OpenList, settings: Settings) {
  const { strict, existing, stop } = settings;
  const into = resolve(settings.into);
  refuseBusy(into);
  refuseFolders(into, [REPORT_FILE, FAILED_LIST]);
  if (!('file' in source)) return;
  if (!list.isRegular) return refuseStrict(source.file, strict);
  const has = existing === 'refuse' && !isFresh(into) ? (file: string) => holds(into, file) : null;
  if (strict || has !== null) yield* checkList(source.file, { strict, has, stop });
});

function refuseStrict(file: string, strict: boolean): void {
  if (!strict) return;
  throw new DownloadUsageError(
    'COTASK_DOWNLOAD_OPTION',
    `The list ${file} can be read only once (a pipe, a terminal or the like), and strict reads it twice.`,
    'Save it to a file first, or leave --strict out.',
  );
}

const withSession = coroutine(function* withSession(list: OpenList, settings: Settings) {
  const names = new NameResolver({ hostsFile: yield* fromPromise(readHostsFile()) });
  const session = openSession(settings, names);
  try {
    return yield* intoFolder(list, settings, session);
  } finally {
    names.close();
    yield* session.close();
  }
});

/** An idle socket is kept shortly: a list of many hosts must not hold a socket for each. */
const KEEP_ALIVE = 3_000;

/** Some sites set cookies by the hundred; nothing here reads them, and the size of a head is bounded in any case. */
const MOST_HEADERS = 1_000;

function openSession({ timeout, maxTime, headers }: Settings, names: NameResolver): ClientSession {
  try {
    return new ClientSession({
      headers,
      limit: 0,
      timeout: { total: maxTime === Infinity ? null : maxTime, connect: null, sockConnect: timeout, sockRead: timeout },
      lookup: names.lookup,
      keepAliveTimeout: KEEP_ALIVE,
      cookieJar: null,
      autoDecompress: false,
      maxHeaders: MOST_HEADERS,
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new DownloadUsageError(
      'COTASK_DOWNLOAD_OPTION',
      `headers: ${message}.`,
      'Give names and values as they stand in HTTP.',
      { cause: error },
    );
  }
}

const intoFolder = coroutine(function* intoFolder(list: OpenList, settings: Settings, session: ClientSession) {
  const folder = OutputFolder.open(settings.into, settings.existing === 'overwrite');
  const run = openRun(folder, settings);
  try {
    run.hear({ type: 'began', folder: folder.path, leftovers: folder.leftovers });
    const { failedList } = run;
    const end = yield* runPipeline({ settings, list, folder, session, failedList, emit: (event) => run.hear(event) });
    return run.finish(end);
  } catch (error) {
    throw run.failed(error);
  } finally {
    run.close();
  }
});

function openRun(folder: OutputFolder, settings: Settings): Run {
  try {
    return new Run(folder, settings);
  } catch (error) {
    folder.close();
    throw folderError(folder.path, error);
  }
}

/** The books of one download. */
class Run {
  readonly failedList: FailedList;
  readonly #folder: OutputFolder;
  readonly #settings: Settings;
  readonly #tally = new Tally();
  readonly #loop = getEventLoop();
  readonly #clock = this.#loop.time();
  readonly #began = new Date();
  #beat: TimerHandle;

  constructor(folder: OutputFolder, settings: Settings) {
    this.#folder = folder;
    this.#settings = settings;
    this.failedList = new FailedList(folder.run.file('failed.txt'));
    this.#beat = this.#beatLater();
  }

  hear(event: DownloadEvent): void {
    this.#tally.hear(event);
    this.#settings.onEvent?.(event);
  }

  /** Writes the report and the list of failures. */
  finish(end: Report['end']): Report {
    const places = {
      folder: this.#folder.path,
      reportFile: join(this.#folder.path, REPORT_FILE),
      failedList: join(this.#folder.path, FAILED_LIST),
    };
    const report = this.#tally.report(end, places, this.#began, this.#loop.time() - this.#clock);
    try {
      this.failedList.publish(places.failedList);
      writeReport(report, this.#folder.run.file('report.json'));
    } catch (error) {
      throw withReport(folderError(this.#folder.path, error), report);
    }
    return report;
  }

  /** The error that a failed pipeline ends with: the first cause, with the report if there is one. */
  failed(error: unknown): unknown {
    const cause = firstCause(error);
    if (!(cause instanceof OutputFolderError) || cause.report !== null) return cause;
    try {
      return withReport(cause, this.finish('stopped'));
    } catch (again) {
      return again; // The folder is full: the report could not be written, and says what is known all the same.
    }
  }

  #beatLater(): TimerHandle {
    return this.#loop.callLater(BEAT, () => {
      this.#folder.run.beat();
      this.#beat = this.#beatLater();
    });
  }

  close(): void {
    this.#beat.cancel();
    this.failedList.close();
    this.#folder.close();
  }
}

function withReport(error: OutputFolderError, report: Report): OutputFolderError {
  error.report = report;
  return error;
}

/** What made a group of tasks fail: the folder's error if there is one, else the first. */
function firstCause(error: unknown): unknown {
  if (!(error instanceof AggregateError)) return error;
  const causes = error.errors.map(firstCause);
  return causes.find((cause) => cause instanceof OutputFolderError) ?? causes[0] ?? error;
}
