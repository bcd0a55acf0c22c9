// Origins whose heads are too big, are no HTTP, or stretch it.

import { goodBody } from './exchange.ts';
import { hostile } from './hostile-case.ts';
import type { HostilePlay } from './hostile-case.ts';

export const headCases: readonly HostilePlay[] = [
  hostile({
    name: 'head-of-one-mebibyte',
    plays: 'Sends a good answer with one header field of 1 MiB.',
    client: 'error',
    download: 'final',
    rule: 'The head has a limit; another try would be as large.',
    play: (exchange) => exchange.answer({ fields: [`X-Giant: ${'a'.repeat(1024 * 1024)}`] }),
  }),
  hostile({
    name: 'head-endless',
    plays: 'Sends header fields for ever, as fast as they are read.',
    client: 'error',
    download: 'final',
    rule: 'The head has a limit.',
    play: async (exchange) => {
      exchange.send('HTTP/1.1 200 OK\r\n');
      await exchange.sendForever('X-More: and more\r\n'.repeat(1_000));
    },
  }),
  hostile({
    name: 'head-of-many-fields',
    plays: 'Sends 3,000 header fields of four bytes.',
    client: 'either',
    download: 'any',
    rule: 'They fit under a limit on bytes; a limit on their number is an error.',
    body: goodBody,
    play: (exchange) => exchange.answer({ fields: Array.from({ length: 3_000 }, () => 'a:') }),
  }),
  noHttp('head-nul', 'A header value holds a NUL.', withField('X-Bad: a\0b')),
  noHttp('head-bare-cr', 'A header value holds a CR without LF.', withField('X-Bad: a\rX-Injected: b')),
  noHttp('head-folded', 'A header value goes on in a second line (obs-fold).', withField('X-Folded: a\r\n b')),
  noHttp('head-lf-only', 'The lines of the head end with a bare LF.', withField('X-Fine: a').replaceAll('\r\n', '\n')),
  noHttp('head-blank-before-colon', 'A blank stands between a header name and its colon.', withField('X-Blank : a')),
  noHttp('head-without-colon', 'A header line has no colon.', withField('no colon here')),
  noHttp('head-empty-name', 'A header has no name.', withField(': a')),
  noHttp('http-0-9', 'Answers with a bare page, as HTTP/0.9 did.', '<html>Hello from 1991.</html>\r\n\r\n'),
  noHttp('ssh-banner', 'Answers as an SSH server does.', 'SSH-2.0-OpenSSH_9.2p1\r\n'),
  noHttp(
    'tls-alert',
    'Answers as a TLS server does that was sent plain text.',
    Buffer.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46]),
  ),
  noHttp('status-not-a-number', 'The status is "2OO".', answerWith('HTTP/1.1 2OO OK')),
  noHttp('status-of-two-digits', 'The status is 20.', answerWith('HTTP/1.1 20 OK')),
  hostile({
    name: 'status-099',
    plays: 'Answers with status 099.',
    client: 'error',
    download: 'once',
    rule: 'It is no status (RFC 9110 section 15); the error is an ordinary one.',
    play: (exchange) => exchange.send(answerWith('HTTP/1.1 099 -')),
  }),
  ...[600, 999].map((status) =>
    hostile({
      name: `status-${status}`,
      plays: `Answers with status ${status}.`,
      status,
      client: 'response',
      download: 'final',
      rule: 'It is handed on as it is; it is no success.',
      body: goodBody,
      play: (exchange) => exchange.answer({ status }),
    }),
  ),
  hostile({
    name: 'version-2-0',
    plays: 'Answers with HTTP/2.0 in the status line of an HTTP/1.1 message.',
    client: 'either',
    download: 'any',
    rule: 'Old proxies do it: the answer is taken, or refused.',
    body: goodBody,
    play: (exchange) => exchange.send(answerWith('HTTP/2.0 200 OK')),
  }),
  hostile({
    name: 'status-without-reason',
    plays: 'Ends the status line right after the status.',
    client: 'response',
    download: 'stored',
    rule: 'The reason may be missing.',
    body: goodBody,
    play: (exchange) => exchange.send(answerWith('HTTP/1.1 200')),
  }),
  hostile({
    name: 'header-latin-1',
    plays: 'Sends the header X-Name: caf\u00e9 in Latin-1.',
    client: 'response',
    download: 'stored',
    rule: 'The value is one character a byte, four in all.',
    body: goodBody,
    play: (exchange) => exchange.answer({ fields: ['X-Name: caf\u00e9'] }),
  }),
  hostile({
    name: 'header-utf-8',
    plays: 'Sends the header X-Name: caf\u00e9 in UTF-8.',
    client: 'response',
    download: 'stored',
    rule: 'The bytes are kept: five characters, which can be decoded later.',
    body: goodBody,
    play: (exchange) => exchange.answer({ fields: [Buffer.from('X-Name: caf\u00e9').toString('latin1')] }),
  }),
  hostile({
    name: 'trailers',
    plays: 'Sends Status, Set-Cookie and Location as trailers of a chunked body.',
    client: 'response',
    download: 'stored',
    rule: 'Trailers change nothing of the head (RFC 9110 section 6.5).',
    body: goodBody,
    play: (exchange) => exchange.send(withTrailers('Status: 500', 'Set-Cookie: late=1', 'Location: /late')),
  }),
  hostile({
    name: 'trailer-with-length',
    plays: 'Sends Content-Length: 4 as a trailer of a chunked body of 13 bytes.',
    client: 'either',
    download: 'any',
    rule: 'It frames nothing (RFC 9110 section 6.5.1); an error is as good.',
    body: goodBody,
    play: (exchange) => exchange.send(withTrailers('Content-Length: 4')),
  }),
  hostile({
    name: 'expectation-failed',
    plays: 'Answers 417 to a request with Expect, and well to one without.',
    client: 'response',
    download: 'stored',
    rule: 'A request without a body sends no Expect.',
    body: goodBody,
    play: (exchange) =>
      exchange.answer(exchange.request.headers['expect'] === undefined ? {} : { status: 417, body: '' }),
  }),
];

/** What is sent here is no HTTP/1.1, and the connection stays open behind it. */
function noHttp(name: string, plays: string, bytes: string | Buffer): HostilePlay {
  const rule = 'It is an error at once, without waiting for more.';
  return hostile({ name, plays, client: 'error', download: 'once', rule, play: (exchange) => exchange.send(bytes) });
}

function withField(field: string): string {
  return `HTTP/1.1 200 OK\r\n${field}\r\nContent-Length: ${goodBody.length}\r\n\r\n${goodBody}`;
}

function answerWith(statusLine: string): string {
  return `${statusLine}\r\nContent-Length: ${goodBody.length}\r\n\r\n${goodBody}`;
}

function withTrailers(...trailers: readonly string[]): string {
  const chunks = `d\r\n${goodBody}\r\n0\r\n`;
  return `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}${trailers.join('\r\n')}\r\n\r\n`;
}
