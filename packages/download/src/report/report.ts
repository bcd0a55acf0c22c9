/** What a download has done, in a size that does not depend on the list. */

/** The end of a download. Times in milliseconds, sizes in bytes. */
export interface Report {
  /** `complete`: every line of the list was dealt with. `stopped`: the download was ended early. */
  readonly end: 'complete' | 'stopped';
  /** Absolute path of the output folder. */
  readonly folder: string;
  /** Lines of the list that hold something, good or bad. */
  readonly lines: number;
  /** Files stored by this run. */
  readonly files: number;
  /** Lines that became no file: `failures` says why, `failedList` names each. */
  readonly failed: number;
  /** Files that were there and were left alone. */
  readonly skipped: number;
  /** Lines that were read and not dealt with, because the download was ended early. */
  readonly dropped: number;
  /** Files that were there and were refused (counted in `failed` too). */
  readonly refused: number;
  /** Lines whose URL stood on an earlier line. */
  readonly repeats: number;
  /** Bytes of the stored files. */
  readonly bytes: number;
  /** Tries after the first. */
  readonly retries: number;
  /** Files of which nothing proved that they are whole: the server marked no end. */
  readonly unproven: number;
  /** When the download began: ISO 8601, UTC. */
  readonly began: string;
  readonly elapsed: number;
  /** The slowest files, slowest first. */
  readonly slowest: readonly ReportedFile[];
  /** The files that were tried most often, first those with the most tries; none that came at once. */
  readonly mostRetried: readonly ReportedFile[];
  /** What failed, by kind, the most frequent kind first. */
  readonly failures: readonly ReportedFailure[];
  /** What runs that died had left in the folder. */
  readonly leftovers: { readonly runs: number; readonly parts: number; readonly bytes: number };
  /** Absolute path of the list of failed lines, which is itself a list that can be downloaded; null if nothing failed. */
  readonly failedList: string | null;
  /** Absolute path of this report as JSON. */
  readonly reportFile: string;
}

/** A stored file. */
export interface ReportedFile {
  readonly line: number;
  readonly url: string;
  readonly file: string;
  readonly bytes: number;
  readonly tries: number;
  readonly elapsed: number;
}

/** One kind of failure. */
export interface ReportedFailure {
  readonly kind: string;
  readonly count: number;
  /** The first few lines that failed so. */
  readonly first: readonly { readonly line: number; readonly url: string; readonly message: string }[];
}
