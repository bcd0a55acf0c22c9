/**
 * The record that travels through the stages and gains on its way: a line of the list, the URL on it, the file it
 * becomes, what was fetched. The stages know these shapes and not each other; pipeline.ts joins them.
 */

/** Where a line stands in the list. */
export interface ListPosition {
  /** The number of the line, from 1, blank lines and comments counted. */
  readonly line: number;
  /** Where the line begins, in bytes from the start of the list (0 for a list that is no bytes). */
  readonly offset: number;
}

/** After source: a line that holds a URL. */
export interface ListedUrl extends ListPosition {
  /** What is requested: normalised, without fragment and without credentials. */
  readonly href: string;
  /** `host:port`, the key of the limit per host. */
  readonly host: string;
  /** User and password of the URL, as the value of an `Authorization` header. */
  readonly authorization: string | null;
  /** What makes two lines the same resource: the URL without fragment and without password. */
  readonly identity: string;
}

/** After source: a line that holds no usable URL. */
export interface BadLine extends ListPosition {
  /** What is wrong with the line, and what to do. */
  readonly reason: string;
  /** The line's beginning, cut short, printable, without credentials. */
  readonly excerpt: string;
}

/** After plan: the URL has the name of its file. */
export interface PlannedFile extends ListedUrl {
  /** The name in the output folder. */
  readonly file: string;
  /** True when the same URL stood on an earlier line. */
  readonly repeat: boolean;
}

/** After fetch: the whole body stands in a part file. */
export interface FetchedFile {
  readonly entry: PlannedFile;
  readonly bytes: number;
  /** The status of the last answer. */
  readonly status: number;
  /** Requests made for this line, the good one included. */
  readonly tries: number;
  /** From the first request to the last byte, waits between tries included, in milliseconds. */
  readonly elapsed: number;
  /** False for a body that ended with its connection and nothing that marks its end. */
  readonly framed: boolean;
  readonly part: PartFile;
}

/** A file that is being written beside its final place. */
export interface PartFile {
  readonly path: string;
  /** Bytes taken so far. */
  readonly bytes: number;
  /** Takes a chunk; may write at once. Throws the folder's error (full, gone, read-only). */
  write(chunk: Uint8Array): void;
  /** Writes what is held back and closes the file; it is whole now, and can be stored. */
  finish(): void;
  /** Says that the file has its final name, so that there is nothing to discard. */
  moved(): void;
  /** Removes the file; harmless after `moved`, and when called twice. */
  discard(): void;
}

/** Why a line became no file. */
export interface Failure {
  /** A short, stable word to count by: `http 404`, `connect ECONNREFUSED`, `timeout`, `bad line`, … */
  readonly kind: string;
  /** One sentence for people. */
  readonly message: string;
  /** The status of the answer, if there was one. */
  readonly status: number | null;
  /** The error behind it, for `--debug`. */
  readonly cause: unknown;
}

/** The kind of failure of a line whose file is there from an earlier run. */
export const FILE_EXISTS = 'file exists';

/** What to do with a file of an earlier run that stands where a file of this one belongs. */
export type ExistingFiles = 'refuse' | 'overwrite' | 'skip';
