// Origins that take their time: no answer, one byte at a time, or no end.

import { goodBody } from './exchange.ts';
import { hostile } from './hostile-case.ts';
import type { HostilePlay } from './hostile-case.ts';

/** Milliseconds between the bytes of a trickle: below any sensible limit between two bytes. */
const GAP = 50;

export const silenceCases: readonly HostilePlay[] = [
  hostile({
    name: 'no-answer',
    plays: 'Takes the request and never says a word.',
    client: 'bounded',
    download: 'retry',
    rule: 'The limit between two bytes ends it.',
    play: () => {},
  }),
  hostile({
    name: 'header-trickle',
    plays: 'Sends a good status line, then header fields one byte at a time, for ever.',
    client: 'bounded',
    download: 'retry',
    rule: 'A limit on the whole head ends it: every byte restarts a limit between two.',
    play: async (exchange) => {
      exchange.send('HTTP/1.1 200 OK\r\nX-Slow: ');
      await exchange.sendEvery(GAP, 'a');
    },
  }),
  hostile({
    name: 'body-trickle',
    plays: 'Sends a good head for 10,000 bytes, then the body one byte at a time.',
    client: 'bounded',
    download: 'retry',
    rule: 'A total limit, or one on the rate, ends it: a limit between two bytes never does.',
    play: async (exchange) => {
      exchange.sendHead('HTTP/1.1 200 OK', 'Content-Length: 10000');
      for (let sent = 0; sent < 10_000 && (await exchange.pause(GAP)); sent++) exchange.send('a');
    },
  }),
  hostile({
    name: 'body-stall',
    plays: 'Sends half of the body and then nothing, with the connection open.',
    client: 'bounded',
    download: 'retry',
    rule: 'The limit between two bytes ends it.',
    play: (exchange) => {
      exchange.sendHead('HTTP/1.1 200 OK', 'Content-Length: 10000');
      exchange.send('a'.repeat(5_000));
    },
  }),
  hostile({
    name: 'endless-body',
    plays: 'Sends a body without a length, as fast as it is read, for ever.',
    client: 'bounded',
    download: 'final',
    rule: 'A limit on the size ends it; another try would be as long.',
    play: async (exchange) => {
      exchange.sendHead('HTTP/1.1 200 OK', 'Content-Type: audio/mpeg');
      await exchange.sendForever(Buffer.alloc(64 * 1024, 'a'));
    },
  }),
  hostile({
    name: 'endless-chunks',
    plays: 'Sends a chunked body without a last chunk, as fast as it is read, for ever.',
    client: 'bounded',
    download: 'final',
    rule: 'A limit on the size ends it; another try would be as long.',
    play: async (exchange) => {
      exchange.sendHead('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked');
      await exchange.sendForever(`8000\r\n${'a'.repeat(0x8000)}\r\n`);
    },
  }),
  hostile({
    name: 'interim-trickle',
    plays: `Answers 102 Processing every ${GAP} ms and never anything else.`,
    client: 'bounded',
    download: 'retry',
    rule: 'An interim answer does not restart the limit on the head: a server may send any number (RFC 9110 section 15.2).',
    play: (exchange) => exchange.sendEvery(GAP, 'HTTP/1.1 102 Processing\r\n\r\n'),
  }),
  hostile({
    name: 'interim-flood',
    plays: 'Answers 102 Processing as fast as it is read, for ever.',
    client: 'bounded',
    download: 'once',
    rule: 'A cap on the number of interim answers, or the total limit, ends it.',
    play: (exchange) => exchange.sendForever('HTTP/1.1 102 Processing\r\n\r\n'.repeat(100)),
  }),
  hostile({
    name: 'interim-continue',
    plays: 'Sends 100 Continue, which nobody asked for, before a good answer.',
    client: 'either',
    download: 'any',
    rule: 'It is skipped (RFC 9110 section 15.2); some parsers call it an error.',
    body: goodBody,
    play: (exchange) => {
      exchange.send('HTTP/1.1 100 Continue\r\n\r\n');
      exchange.answer();
    },
  }),
  hostile({
    name: 'interim-early-hints',
    plays: 'Sends 103 Early Hints before a good answer.',
    client: 'response',
    download: 'stored',
    rule: 'It is skipped, or shown apart.',
    body: goodBody,
    play: (exchange) => {
      exchange.sendHead('HTTP/1.1 103 Early Hints', 'Link: </style.css>; rel=preload');
      exchange.answer();
    },
  }),
  hostile({
    name: 'interim-upgrade',
    plays: 'Answers 101 Switching Protocols to a request without Upgrade.',
    client: 'error',
    download: 'once',
    rule: 'It is an error, and the connection is closed.',
    play: (exchange) => exchange.sendHead('HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: chat'),
  }),
];
