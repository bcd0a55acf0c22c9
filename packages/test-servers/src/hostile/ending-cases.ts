// Origins that end the message, or the connection, elsewhere than they said.

import { goodBody } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { hostile } from './hostile-case.ts';
import type { HostilePlay } from './hostile-case.ts';

const wholeBody = 'abcdefghijklmnopqrstuvwxyz'.repeat(40);
const halfBody = wholeBody.slice(0, wholeBody.length / 2);
const lengthOfWhole = `Content-Length: ${wholeBody.length}`;

export const endingCases: readonly HostilePlay[] = [
  hostile({
    name: 'closed-before-answer',
    plays: 'Closes the connection without a byte.',
    client: 'error',
    download: 'retry',
    rule: 'It is an error.',
    play: (exchange) => exchange.finish(),
  }),
  hostile({
    name: 'reset-before-answer',
    plays: 'Resets the connection without a byte.',
    client: 'error',
    download: 'retry',
    rule: 'It is an error.',
    play: (exchange) => exchange.reset(),
  }),
  hostile({
    name: 'closed-in-head',
    plays: 'Closes the connection in the middle of a header field.',
    client: 'error',
    download: 'retry',
    rule: 'It is an error.',
    play: (exchange) => {
      exchange.send('HTTP/1.1 200 OK\r\nContent-Le');
      exchange.finish();
    },
  }),
  hostile({
    name: 'short-body',
    plays: 'Sends half of what Content-Length says, then closes the connection, each time.',
    client: 'error',
    download: 'retry',
    rule: 'It is an incomplete message (RFC 9112 section 8), never a short file.',
    play: (exchange) => {
      exchange.sendHead('HTTP/1.1 200 OK', lengthOfWhole);
      exchange.send(halfBody);
      exchange.finish();
    },
  }),
  hostile({
    name: 'short-body-once',
    plays:
      'Sends half of the body and closes the connection at the first request; serves it well afterwards, with ranges.',
    client: 'error',
    download: 'stored',
    rule: 'The next try takes the whole, or the missing half by a range.',
    stored: Buffer.from(wholeBody),
    play: shortOnce,
  }),
  hostile({
    name: 'reset-in-body',
    plays: 'Resets the connection in the middle of the body.',
    client: 'error',
    download: 'retry',
    rule: 'It is an error.',
    play: async (exchange) => {
      exchange.sendHead('HTTP/1.1 200 OK', lengthOfWhole);
      exchange.send(halfBody);
      await exchange.pause(20);
      await exchange.reset();
    },
  }),
  hostile({
    name: 'surplus-bytes',
    plays: 'Sends more than Content-Length says, in one go.',
    client: 'response',
    download: 'stored',
    rule: 'The first so many bytes are the body, and the connection is not used again.',
    body: goodBody,
    play: (exchange) =>
      exchange.send(`HTTP/1.1 200 OK\r\nContent-Length: ${goodBody.length}\r\n\r\n${goodBody}more than that`),
  }),
  hostile({
    name: 'answer-on-idle-socket',
    plays: 'Sends a second answer, which nobody asked for, to a connection that has been idle for 20 ms.',
    requests: 2,
    client: 'response',
    download: 'stored',
    rule: 'Bytes on an idle connection end it; they are never the answer to the next request.',
    body: goodBody,
    play: async (exchange) => {
      exchange.answer();
      if ((await exchange.pause(20)) && exchange.idle) exchange.answer({ body: 'This answers no request.\n' });
    },
  }),
  hostile({
    name: 'closed-on-reuse',
    plays: 'Answers the first request of a connection well and keeps it; at the second it closes it without a byte.',
    requests: 2,
    client: 'response',
    download: 'stored',
    rule: 'The server closed an idle connection: one silent retry on a new one, if idempotent (RFC 9112 section 9.3.1).',
    body: goodBody,
    play: (exchange) => (exchange.request.onConnection === 1 ? exchange.answer() : exchange.finish()),
  }),
  hostile({
    name: 'reset-on-reuse',
    plays: 'Answers the first request of a connection well and keeps it; at the second it resets it without a byte.',
    requests: 2,
    client: 'response',
    download: 'stored',
    rule: 'As with a close: one silent retry on a new connection.',
    body: goodBody,
    play: (exchange) => (exchange.request.onConnection === 1 ? exchange.answer() : exchange.reset()),
  }),
  hostile({
    name: 'close-announced-not-done',
    plays: 'Says Connection: close and leaves the connection open, deaf to a second request on it.',
    requests: 2,
    client: 'response',
    download: 'stored',
    rule: 'The client closes, and asks the next thing elsewhere.',
    body: goodBody,
    play: (exchange) => {
      if (exchange.request.onConnection === 1) exchange.answer({ fields: ['Connection: close'] });
    },
  }),
  hostile({
    name: 'no-length',
    plays: 'Sends a body without a length and closes the connection at its end.',
    client: 'response',
    download: 'stored',
    rule: 'The close ends the body (RFC 9112 section 6.3); nothing proves that it is whole.',
    body: wholeBody,
    play: (exchange) => {
      exchange.sendHead('HTTP/1.1 200 OK', 'Connection: close');
      exchange.send(wholeBody);
      exchange.finish();
    },
  }),
  hostile({
    name: 'no-length-reset',
    plays: 'Sends a body without a length and resets the connection.',
    client: 'error',
    download: 'retry',
    rule: 'Only a close in good order ends such a body; after a reset it is incomplete.',
    play: async (exchange) => {
      exchange.sendHead('HTTP/1.1 200 OK', 'Connection: close');
      exchange.send(halfBody);
      await exchange.pause(20);
      await exchange.reset();
    },
  }),
];

function shortOnce(exchange: Exchange): void {
  const { attempt, headers } = exchange.request;
  const validators = ['ETag: "whole"', 'Accept-Ranges: bytes'];
  if (attempt === 1) {
    exchange.sendHead('HTTP/1.1 200 OK', lengthOfWhole, ...validators);
    exchange.send(halfBody);
    return exchange.finish();
  }
  const start = Number(/^bytes=(\d+)-$/.exec(headers['range'] ?? '')?.[1] ?? 0);
  if (start === 0 || start >= wholeBody.length) return exchange.answer({ fields: validators, body: wholeBody });
  const range = `Content-Range: bytes ${start}-${wholeBody.length - 1}/${wholeBody.length}`;
  exchange.answer({ status: 206, fields: [...validators, range], body: wholeBody.slice(start) });
}
