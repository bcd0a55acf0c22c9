// Listens to the stream of events and adds up. What it holds is bounded: counters, and a few best and first ones.

import { hasUrl } from '../events.ts';
import type { DownloadEvent, FileSkipped, FileStored, LineFailed } from '../events.ts';
import { FILE_EXISTS } from '../types.ts';
import type { Report, ReportedFailure, ReportedFile } from './report.ts';

/** Files named as slowest, and as most retried. */
const NAMED_FILES = 5;

/** Lines named of each kind of failure. */
const NAMED_LINES = 3;

/** Kinds of failure told apart; a server can invent hundreds of statuses. */
const MOST_KINDS = 64;

/** The longest URL that a report repeats, in characters. */
const LONGEST_URL = 300;

/** Where a download's files are. */
export interface ReportPlaces {
  readonly folder: string;
  readonly reportFile: string;
  readonly failedList: string;
}

interface KindTally {
  count: number;
  readonly first: { line: number; url: string; message: string }[];
}

/** Adds up the events of one download. */
export class Tally {
  lines = 0;
  files = 0;
  failed = 0;
  skipped = 0;
  refused = 0;
  repeats = 0;
  bytes = 0;
  retries = 0;
  unproven = 0;
  leftovers: { readonly runs: number; readonly parts: number; readonly bytes: number } = {
    runs: 0,
    parts: 0,
    bytes: 0,
  };
  readonly #slowest = new TopFiles((file) => file.elapsed);
  readonly #mostRetried = new TopFiles((file) => file.tries);
  readonly #kinds: Map<string, KindTally> = new Map();

  /** Takes an event. */
  hear(event: DownloadEvent): void {
    if (event.type === 'stored') this.#stored(event);
    else if (event.type === 'failed') this.#failed(event);
    else if (event.type === 'skipped') this.skipped++;
    else if (event.type === 'retry') this.retries++;
    else if (event.type === 'list') this.lines = event.lines;
    else if (event.type === 'began') this.leftovers = event.leftovers;
    if (isEnd(event) && hasUrl(event.entry) && event.entry.repeat) this.repeats++;
  }

  /** The report as it stands. */
  report(end: Report['end'], places: ReportPlaces, began: Date, elapsed: number): Report {
    const { lines, files, failed, skipped, refused, repeats, bytes, retries, unproven, leftovers } = this;
    const dropped = lines - files - failed - skipped;
    return {
      ...{
        end,
        folder: places.folder,
        lines,
        files,
        failed,
        skipped,
        dropped,
        refused,
        repeats,
        bytes,
        retries,
        unproven,
      },
      ...{ began: began.toISOString(), elapsed: Math.round(elapsed) },
      ...{ slowest: this.#slowest.files, mostRetried: this.#mostRetried.files, failures: this.#failures(), leftovers },
      ...{ failedList: failed > 0 ? places.failedList : null, reportFile: places.reportFile },
    };
  }

  #stored(event: FileStored): void {
    const { entry, bytes, tries, elapsed } = event;
    this.files++;
    this.bytes += bytes;
    if (!event.framed) this.unproven++;
    const file = {
      line: entry.line,
      url: shortened(entry.href),
      file: entry.file,
      bytes,
      tries,
      elapsed: Math.round(elapsed),
    };
    this.#slowest.offer(file);
    if (tries > 1) this.#mostRetried.offer(file);
  }

  #failed({ entry, failure }: LineFailed): void {
    this.failed++;
    if (failure.kind === FILE_EXISTS) this.refused++;
    const known = this.#kinds.has(failure.kind) || this.#kinds.size < MOST_KINDS;
    const kind = known ? failure.kind : 'other';
    let tally = this.#kinds.get(kind);
    if (tally === undefined) this.#kinds.set(kind, (tally = { count: 0, first: [] }));
    tally.count++;
    if (tally.first.length >= NAMED_LINES) return;
    tally.first.push({
      line: entry.line,
      url: shortened(hasUrl(entry) ? entry.href : entry.excerpt),
      message: failure.message,
    });
  }

  #failures(): ReportedFailure[] {
    const failures = [...this.#kinds].map(([kind, { count, first }]) => ({ kind, count, first }));
    return failures.sort((one, other) => other.count - one.count);
  }
}

/** True for the last event of a line. */
function isEnd(event: DownloadEvent): event is FileStored | FileSkipped | LineFailed {
  return event.type === 'stored' || event.type === 'skipped' || event.type === 'failed';
}

function shortened(url: string): string {
  return url.length <= LONGEST_URL ? url : `${url.slice(0, LONGEST_URL - 1)}…`;
}

/** The few files with the largest measure, largest first; the earlier one first where they are equal. */
class TopFiles {
  readonly files: ReportedFile[] = [];
  readonly #measure: (file: ReportedFile) => number;

  constructor(measure: (file: ReportedFile) => number) {
    this.#measure = measure;
  }

  offer(file: ReportedFile): void {
    const last = this.files[NAMED_FILES - 1];
    if (last !== undefined && this.#measure(last) >= this.#measure(file)) return;
    const place = this.files.findIndex((other) => this.#measure(other) < this.#measure(file));
    this.files.splice(place === -1 ? this.files.length : place, 0, file);
    if (this.files.length > NAMED_FILES) this.files.pop();
  }
}
