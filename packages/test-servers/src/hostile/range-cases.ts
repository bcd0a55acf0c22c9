// Origins that are asked for the rest of a file and send something else. Each breaks off its first whole answer, so
// that a client that can resume will try to; without a Range it serves the whole file from the second request on.

import { goodBody } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { hostile } from './hostile-case.ts';
import type { HostileEntry, HostilePlay } from './hostile-case.ts';

/** What the file was at first, and what it is later; equally long, so that a mixture cannot be told by its length. */
const oldFile = 'old file '.repeat(200);
const newFile = 'new file '.repeat(200);
const SIZE = oldFile.length;

const tag = 'ETag: "one"';
const otherTag = 'ETag: "two"';
const ranges = 'Accept-Ranges: bytes';

export const rangeCases: readonly HostilePlay[] = [
  broken({
    name: 'range-from-elsewhere',
    plays: 'Answers a Range with 206 and the first bytes of the file, and says so.',
    rule: 'The Content-Range is compared with what was asked: the part is dropped and the whole taken.',
    onRange: (exchange) => part(exchange, oldFile, 0, SIZE / 2, tag),
  }),
  broken({
    name: 'range-of-another-size',
    plays: 'Answers a Range with 206 and the right bytes of a file of another size.',
    rule: 'The size in Content-Range must be the one of the first answer.',
    onRange: (exchange, start) => {
      const body = oldFile.slice(start);
      exchange.answer({ status: 206, fields: [tag, `Content-Range: bytes ${start}-${SIZE - 1}/${SIZE + 1}`], body });
    },
  }),
  broken({
    name: 'range-without-content-range',
    plays: 'Answers a Range with 206 and no Content-Range.',
    rule: 'Nobody knows which part that is: it is dropped and the whole taken.',
    onRange: (exchange, start) => exchange.answer({ status: 206, fields: [tag], body: oldFile.slice(start) }),
  }),
  broken({
    name: 'range-in-multipart',
    plays: 'Answers a single Range with 206 and multipart/byteranges.',
    rule: 'The parts are not asked for and not taken for content (RFC 9110 section 15.3.7.2).',
    onRange: (exchange, start) =>
      exchange.answer({
        status: 206,
        fields: [tag, 'Content-Type: multipart/byteranges; boundary=B'],
        body: multipart(start),
      }),
  }),
  broken({
    name: 'range-ignored',
    plays: 'Answers a Range with 200 and the whole file.',
    rule: 'The part is truncated to nothing and the whole taken; never appended.',
    onRange: (exchange) => exchange.answer({ fields: [tag], body: oldFile }),
  }),
  broken({
    name: 'range-refused',
    plays: 'Answers a Range with 416 and the size of the file, though a part is missing.',
    rule: 'The part is dropped and the whole taken, once.',
    onRange: (exchange) => exchange.answer({ status: 416, fields: [`Content-Range: bytes */${SIZE}`], body: '' }),
  }),
  broken({
    name: 'file-changes',
    plays: 'Serves another file of the same length from the second request on, and honours If-Range.',
    rule: 'If-Range gives 200 and the whole new file.',
    later: newFile,
    laterTag: otherTag,
    onRange: (exchange, start) => {
      const same =
        exchange.request.headers['if-range'] === undefined || exchange.request.headers['if-range'] === '"two"';
      if (same) part(exchange, newFile, start, SIZE, otherTag);
      else exchange.answer({ fields: [otherTag, ranges], body: newFile });
    },
  }),
  broken({
    name: 'file-changes-in-silence',
    plays: 'Serves another file of the same length from the second request on, and ignores If-Range.',
    rule: 'The ETag of the 206 is compared with the first: the part is dropped and the whole taken.',
    later: newFile,
    laterTag: otherTag,
    onRange: (exchange, start) => part(exchange, newFile, start, SIZE, otherTag),
  }),
  broken({
    name: 'file-without-strong-validator',
    plays: 'Serves another file of the same length from the second request on, with the same weak ETag.',
    rule: 'Without a strong validator nothing is resumed: the next try begins at 0 (RFC 9110 section 13.1.5).',
    firstTag: 'ETag: W/"one"',
    later: newFile,
    laterTag: 'ETag: W/"one"',
    onRange: (exchange, start) => part(exchange, newFile, start, SIZE, 'ETag: W/"one"'),
  }),
  hostile({
    name: 'range-unasked',
    plays: 'Answers 206 to a request without Range.',
    status: 206,
    client: 'either',
    download: 'final',
    rule: 'A part is never stored as the whole.',
    play: (exchange) => part(exchange, oldFile, 0, SIZE / 2, tag),
  }),
  hostile({
    name: 'range-of-nothing',
    plays: 'Answers 416 to a request without Range.',
    status: 416,
    client: 'response',
    download: 'final',
    rule: 'It is a failure like any other of its class.',
    body: goodBody,
    play: (exchange) => exchange.answer({ status: 416, fields: ['Content-Range: bytes */0'] }),
  }),
];

interface BrokenEntry extends Pick<HostileEntry, 'name' | 'plays' | 'rule'> {
  /** Answers a request with `Range: bytes=start-`. */
  readonly onRange: (exchange: Exchange, start: number) => void;
  readonly firstTag?: string;
  /** What a request without Range is given after the first, and its ETag. Default: the same file. */
  readonly later?: string;
  readonly laterTag?: string;
}

function broken({ onRange, firstTag = tag, later = oldFile, laterTag = tag, ...entry }: BrokenEntry): HostilePlay {
  return hostile({
    ...entry,
    client: 'error',
    download: 'stored',
    stored: Buffer.from(later),
    play: (exchange) => {
      const start = /^bytes=(\d+)-/.exec(exchange.request.headers['range'] ?? '')?.[1];
      if (start !== undefined) return onRange(exchange, Number(start));
      if (exchange.request.attempt > 1) return exchange.answer({ fields: [laterTag, ranges], body: later });
      exchange.sendHead('HTTP/1.1 200 OK', firstTag, ranges, `Content-Length: ${SIZE}`);
      exchange.send(oldFile.slice(0, SIZE / 2));
      exchange.finish();
    },
  });
}

function part(exchange: Exchange, file: string, start: number, end: number, etag: string): void {
  exchange.answer({
    status: 206,
    fields: [etag, `Content-Range: bytes ${start}-${end - 1}/${SIZE}`],
    body: file.slice(start, end),
  });
}

function multipart(start: number): string {
  return `--B\r\nContent-Range: bytes ${start}-${SIZE - 1}/${SIZE}\r\n\r\n${oldFile.slice(start)}\r\n--B--\r\n`;
}
