// Origins that compress: too well, badly, or something else than they say.

import { deflateRawSync, gzipSync } from 'node:zlib';
import { goodBody } from './exchange.ts';
import { hostile } from './hostile-case.ts';
import type { HostileEntry, HostilePlay } from './hostile-case.ts';

const gzipped = gzipSync(goodBody);

/** 100 MiB of zeros in 100 KB: a gzip file may have several members, one after the other. */
const bomb = Buffer.concat(Array<Buffer>(100).fill(gzipSync(Buffer.alloc(1024 * 1024))));

export const codingCases: readonly HostilePlay[] = [
  coded('gzip-bomb', 'Sends 100 MiB of zeros as 100 KB of gzip.', 'gzip', bomb, {
    client: 'bounded',
    rule: 'Decoding has a limit on size or ratio; a download stores the small thing that was sent.',
  }),
  coded(
    'gzip-cut',
    'Sends a gzip body that ends early, under a Content-Length that fits.',
    'gzip',
    gzipped.subarray(0, -9),
    {
      client: 'error',
      rule: 'A stream that does not end is an error, not a short text.',
    },
  ),
  coded(
    'gzip-wrong-checksum',
    'Sends a gzip body whose checksum is wrong.',
    'gzip',
    Buffer.concat([gzipped.subarray(0, -8), Buffer.alloc(8)]),
    {
      client: 'error',
      rule: 'It is an error.',
    },
  ),
  coded('gzip-not-gzip', 'Calls a plain body gzip.', 'gzip', Buffer.from(goodBody), {
    client: 'error',
    rule: 'It is an error.',
  }),
  coded('gzip-empty', 'Sends an empty body and calls it gzip.', 'gzip', Buffer.alloc(0), {
    client: 'either',
    rule: 'Nothing is nothing; an error is as good.',
    body: '',
  }),
  coded(
    'gzip-with-garbage',
    'Sends zeros after the end of a gzip stream.',
    'gzip',
    Buffer.concat([gzipped, Buffer.alloc(20)]),
    {
      client: 'either',
      rule: 'The garbage is dropped, as gzip itself does; an error is as good.',
      body: goodBody,
    },
  ),
  coded('gzip-unasked', 'Sends gzip though the request asks for identity.', 'gzip', gzipped, {
    headers: { 'accept-encoding': 'identity' },
    client: 'response',
    rule: 'It is decoded as if it had been asked for; a download stores what was sent.',
    body: goodBody,
  }),
  coded('gzip-not-found', 'Answers 404 with a gzip body.', 'gzip', gzipped, {
    status: 404,
    client: 'response',
    download: 'final',
    rule: 'The body of an error is decoded like any other.',
    body: goodBody,
  }),
  coded(
    'deflate-raw',
    'Calls a raw deflate stream, without the zlib wrapper, deflate.',
    'deflate',
    deflateRawSync(goodBody),
    {
      client: 'response',
      rule: 'Both forms are in use; the first byte tells them apart.',
      body: goodBody,
    },
  ),
  coded('gzip-twice', 'Sends gzip of gzip.', 'gzip, gzip', gzipSync(gzipped), {
    client: 'response',
    rule: 'The codings are undone from the last to the first.',
    body: goodBody,
  }),
  coded('six-codings', 'Sends a body with six codings.', 'gzip, gzip, gzip, gzip, gzip, gzip', gzippedTimes(6), {
    client: 'error',
    rule: 'The number of codings has a limit.',
  }),
  coded('coding-unknown', 'Names a coding that nobody knows.', 'x-cow', Buffer.from(goodBody), {
    client: 'either',
    rule: 'The bytes are handed on as they are, and the field says what they are; an error is as good.',
    body: goodBody,
  }),
];

type Coded = Pick<HostileEntry, 'client' | 'rule'> & Partial<HostileEntry>;

/** One well-framed answer with a Content-Encoding. A download asks for none, undoes none, and stores what came. */
function coded(name: string, plays: string, coding: string, bytes: Buffer, details: Coded): HostilePlay {
  const { status = 200 } = details;
  return hostile({
    name,
    plays,
    download: 'stored',
    stored: bytes,
    coded: bytes,
    ...details,
    play: (exchange) => exchange.answer({ status, fields: [`Content-Encoding: ${coding}`], body: bytes }),
  });
}

function gzippedTimes(times: number): Buffer {
  let bytes = Buffer.from(goodBody);
  for (let i = 0; i < times; i++) bytes = gzipSync(bytes);
  return bytes;
}
