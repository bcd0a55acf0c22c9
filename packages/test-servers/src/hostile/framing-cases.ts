// Origins whose messages contradict themselves about where the body ends. A client that guesses can be made to take one
// answer for two, or two for one.

import { gzipSync } from 'node:zlib';
import { goodBody } from './exchange.ts';
import { hostile } from './hostile-case.ts';
import type { HostileEntry, HostilePlay } from './hostile-case.ts';

export const framingCases: readonly HostilePlay[] = [
  chunked('chunk-size-not-hex', 'The size of a chunk is "xyz".', 'once', `xyz\r\n${goodBody}\r\n0\r\n\r\n`),
  chunked(
    'chunk-size-over-64-bits',
    'The size of a chunk does not fit into 64 bits.',
    'once',
    `fffffffffffffffff1\r\n${goodBody}\r\n0\r\n\r\n`,
  ),
  chunked('chunk-size-negative', 'The size of a chunk is -1.', 'once', `-1\r\n${goodBody}\r\n0\r\n\r\n`),
  chunked('chunk-lf-only', 'The lines of the chunks end with a bare LF.', 'once', `d\n${goodBody}\n0\n\n`),
  chunked('chunk-longer-than-its-size', 'A chunk of size 4 holds 13 bytes.', 'once', `4\r\n${goodBody}\r\n0\r\n\r\n`),
  chunked('last-chunk-missing', 'The connection closes before the last chunk.', 'retry', `d\r\n${goodBody}\r\n`),
  {
    ...chunked('chunk-extension-endless', 'The line of a chunk size never ends.', 'once', 'd;x='),
    play: async (exchange) => {
      exchange.sendHead('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked');
      exchange.send('d;x=');
      await exchange.sendForever('a'.repeat(32 * 1024));
    },
  },
  framed({
    name: 'length-and-chunked',
    plays: 'Sends Content-Length: 4 together with a chunked body of 13 bytes.',
    client: 'either',
    download: 'any',
    rule: 'It is an error, or the chunks count and the connection is not used again (RFC 9112 section 6.3).',
    body: goodBody,
    message: ['Content-Length: 4', 'Transfer-Encoding: chunked', '', `d\r\n${goodBody}\r\n0\r\n\r\n`],
  }),
  wrongLength(
    'lengths-differ',
    'Sends two Content-Length fields, 4 and 13.',
    'Content-Length: 4\r\nContent-Length: 13',
  ),
  framed({
    name: 'lengths-equal',
    plays: 'Sends Content-Length: 13 twice.',
    client: 'either',
    download: 'any',
    rule: 'They may be taken for one (RFC 9110 section 8.6); an error is as good.',
    body: goodBody,
    message: ['Content-Length: 13', 'Content-Length: 13', '', goodBody],
  }),
  framed({
    name: 'lengths-in-a-list',
    plays: 'Sends Content-Length: 13, 13.',
    client: 'either',
    download: 'any',
    rule: 'They may be taken for one (RFC 9110 section 8.6); an error is as good.',
    body: goodBody,
    message: ['Content-Length: 13, 13', '', goodBody],
  }),
  framed({
    name: 'length-trailing-blank',
    plays: 'Sends blanks and a tab after the number of Content-Length.',
    client: 'either',
    download: 'any',
    rule: 'The blanks are no part of the value (RFC 9110 section 5.5); some parsers refuse them.',
    body: goodBody,
    message: ['Content-Length: 13 \t ', '', goodBody],
  }),
  wrongLength('length-negative', 'Sends Content-Length: -5.', 'Content-Length: -5'),
  wrongLength('length-signed', 'Sends Content-Length: +13.', 'Content-Length: +13'),
  wrongLength('length-hexadecimal', 'Sends Content-Length: 0xd.', 'Content-Length: 0xd'),
  wrongLength(
    'length-2-to-64',
    'Sends Content-Length: 18446744073709551616, which is 0 in 64 bits.',
    'Content-Length: 18446744073709551616',
  ),
  {
    ...wrongLength(
      'length-2-to-53-plus-1',
      'Sends a Content-Length that no number of JavaScript holds, then a few bytes and the end.',
      'Content-Length: 9007199254740993',
    ),
    play: (exchange) => {
      exchange.sendHead('HTTP/1.1 200 OK', 'Content-Length: 9007199254740993');
      exchange.send(goodBody);
      exchange.finish();
    },
  },
  framed({
    name: 'transfer-encoding-gzip',
    plays: 'Sends Transfer-Encoding: gzip, chunked, which nobody asked for (TE).',
    client: 'error',
    download: 'final',
    rule: 'A transfer coding that is not understood is an error; the compressed bytes are not the content.',
    message: ['Transfer-Encoding: gzip, chunked', '', chunksOf(gzipSync(goodBody).toString('latin1'))],
  }),
  framed({
    name: 'transfer-encoding-unknown',
    plays: 'Sends Transfer-Encoding: cow and closes the connection after the body.',
    client: 'error',
    download: 'final',
    rule: 'A transfer coding that is not understood is an error.',
    message: ['Transfer-Encoding: cow', '', goodBody],
    end: true,
  }),
  framed({
    name: 'no-content-with-body',
    plays: 'Answers 204 with a Content-Length and a body.',
    status: 204,
    client: 'response',
    download: 'any',
    rule: 'A 204 has no body (RFC 9112 section 6.3); what follows is rubbish, and the connection is not used again.',
    body: '',
    message: ['Content-Length: 13', '', goodBody],
  }),
  framed({
    name: 'not-modified-with-body',
    plays: 'Answers 304, unasked, with a Content-Length and a body.',
    status: 304,
    client: 'response',
    download: 'final',
    rule: 'A 304 has no body; to a request without a condition it is no success either.',
    body: '',
    message: ['Content-Length: 13', '', goodBody],
  }),
  framed({
    name: 'head-with-body',
    plays: 'Answers HEAD with a body.',
    method: 'HEAD',
    client: 'response',
    download: 'any',
    rule: 'The answer to HEAD has no body; what follows is rubbish, and the connection is not used again.',
    body: '',
    message: ['Content-Length: 13', '', goodBody],
  }),
];

/** A case that is one message, sent as it stands: its fields, an empty line, its body. */
function framed({
  message,
  end = false,
  ...entry
}: Omit<HostileEntry, 'play'> & { readonly message: readonly string[]; readonly end?: boolean }): HostilePlay {
  return hostile({
    ...entry,
    play: (exchange) => {
      exchange.send([`HTTP/1.1 ${entry.status ?? 200} -`, ...message.slice(0, -1), message.at(-1) ?? ''].join('\r\n'));
      if (end) exchange.finish();
    },
  });
}

function chunked(name: string, plays: string, download: 'once' | 'retry', body: string): HostilePlay {
  const rule = 'It is an error: without a right last chunk the message is incomplete (RFC 9112 section 8).';
  return framed({
    name,
    plays,
    client: 'error',
    download,
    rule,
    message: ['Transfer-Encoding: chunked', '', body],
    end: true,
  });
}

function wrongLength(name: string, plays: string, field: string): HostilePlay {
  const rule = 'It is an error; the number is never rounded, wrapped or guessed (RFC 9112 section 6.3).';
  return framed({ name, plays, client: 'error', download: 'once', rule, message: [field, '', goodBody], end: true });
}

function chunksOf(body: string): string {
  return `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
}
