// RFC 9110 section 14: which part of a representation a GET asks for. Pure, so that the whole table is tested without a
// socket.

import type { IncomingHttpHeaders } from 'node:http';

/** What to answer: everything (200), a part (206; `end` is exclusive) or that there is no such part (416). */
export type RangeAnswer =
  | { readonly status: 200 }
  | { readonly status: 206; readonly start: number; readonly end: number }
  | { readonly status: 416 };

/** The validators of what would be sent. */
export interface Validators {
  readonly etag: string;
  readonly lastModified: string;
}

/**
 * Decides on `Range` and `If-Range`. A range that is malformed, of another unit or of several parts is ignored, as
 * section 14.2 allows; so is one whose `If-Range` names another state of the file.
 */
export function answerRange(headers: IncomingHttpHeaders, size: number, validators: Validators): RangeAnswer {
  const match = /^bytes=(\d*)-(\d*)$/i.exec(headers.range ?? '');
  if (match === null || !ifRangeHolds(headers['if-range'], validators)) return { status: 200 };
  const [, first = '', last = ''] = match;
  if (first === '') return last === '' ? { status: 200 } : suffix(Number(last), size);
  const start = Number(first);
  const end = last === '' ? size : Math.min(Number(last) + 1, size);
  if (last !== '' && Number(last) < start) return { status: 200 };
  return start >= size ? { status: 416 } : { status: 206, start, end };
}

/** Whether the client's copy is still good: `If-None-Match`, else `If-Modified-Since` (RFC 9110 section 13.2.2). */
export function isNotModified(headers: IncomingHttpHeaders, { etag, lastModified }: Validators): boolean {
  const tags = headers['if-none-match'];
  if (tags !== undefined) return tags === '*' || tags.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
  const since = Date.parse(headers['if-modified-since'] ?? '');
  return !Number.isNaN(since) && Date.parse(lastModified) <= since;
}

function suffix(length: number, size: number): RangeAnswer {
  if (length === 0 || size === 0) return { status: 416 };
  return { status: 206, start: Math.max(0, size - length), end: size };
}

/** Byte for byte, as section 13.1.5 asks of both kinds; a weak tag never matches a strong one. */
function ifRangeHolds(condition: string | string[] | undefined, { etag, lastModified }: Validators): boolean {
  return condition === undefined || condition === etag || condition === lastModified;
}
