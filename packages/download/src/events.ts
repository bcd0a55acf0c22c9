/**
 * The one stream of events that every stage writes and everybody who watches reads: the report, the progress line, a
 * program's own listener. Events are handed on at once and in order; nothing is kept.
 */

import type { BadLine, Failure, PlannedFile } from './types.ts';

/** Something happened in a download. Tell the events apart by `type`. */
export type DownloadEvent =
  | RunBegan
  | ListRead
  | RequestBegan
  | BytesReceived
  | TryFailed
  | HostParked
  | FileStored
  | FileSkipped
  | LineFailed
  | Stopping;

/** The folder is ready. */
export interface RunBegan {
  readonly type: 'began';
  readonly folder: string;
  /** What runs that died had left in the folder, and what was removed now. */
  readonly leftovers: { readonly runs: number; readonly parts: number; readonly bytes: number };
}

/** More of the list was read. */
export interface ListRead {
  readonly type: 'list';
  /** Lines that hold a URL, good or bad, so far. */
  readonly lines: number;
  /** The part of the list that was read, 0 to 1; null where its size is unknown. */
  readonly progress: number | null;
}

/** A line's first request begins. */
export interface RequestBegan {
  readonly type: 'request';
  readonly entry: PlannedFile;
}

/** Bytes of a body have come; they may still be dropped, if the try fails. */
export interface BytesReceived {
  readonly type: 'bytes';
  readonly bytes: number;
}

/** A try failed and another one follows. */
export interface TryFailed {
  readonly type: 'retry';
  readonly entry: PlannedFile;
  readonly failure: Failure;
  /** Tries made. */
  readonly tries: number;
  /** Milliseconds until the next. */
  readonly wait: number;
}

/** A host asked to be left alone; its lines wait. */
export interface HostParked {
  readonly type: 'parked';
  readonly host: string;
  /** Milliseconds. */
  readonly wait: number;
}

/** A file is whole and has its name. */
export interface FileStored {
  readonly type: 'stored';
  readonly entry: PlannedFile;
  readonly bytes: number;
  readonly status: number;
  readonly tries: number;
  /** From the first request to the last byte, in milliseconds. */
  readonly elapsed: number;
  /** False where nothing marked the end of the body, so that it cannot be proved whole. */
  readonly framed: boolean;
}

/** The file was there, and `existing` is `skip`. */
export interface FileSkipped {
  readonly type: 'skipped';
  readonly entry: PlannedFile;
}

/** A line became no file. */
export interface LineFailed {
  readonly type: 'failed';
  /** A line with a URL, or one without. */
  readonly entry: PlannedFile | BadLine;
  readonly failure: Failure;
  /** Tries made; 0 if nothing was requested. */
  readonly tries: number;
}

/** The download ends early: no more lines are taken. */
export interface Stopping {
  readonly type: 'stopping';
  /** Lines under way. */
  readonly underWay: number;
  /** How long they are given, in milliseconds. */
  readonly grace: number;
}

/** Hears every event. It is called in the middle of the work: it must be quick, and what it throws ends the download. */
export type DownloadListener = (event: DownloadEvent) => void;

/** True for an entry that has a URL. */
export function hasUrl(entry: PlannedFile | BadLine): entry is PlannedFile {
  return 'href' in entry;
}
