// Origins that send their client elsewhere: round in circles, to what is no place, or to strangers.

import { goodBody } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { hostile } from './hostile-case.ts';
import type { HostilePlay } from './hostile-case.ts';

export const redirectCases: readonly HostilePlay[] = [
  hostile({
    name: 'redirects-endless',
    plays: 'Redirects to a new path, for ever.',
    client: 'error',
    download: 'final',
    rule: 'The number of redirects has a limit.',
    play: (exchange) => {
      const step = Number(/^\/redirects-endless\/(\d+)/.exec(exchange.request.target)?.[1] ?? 0);
      redirect(exchange, `/redirects-endless/${step + 1}`);
    },
  }),
  hostile({
    name: 'redirects-between-two',
    plays: 'Redirects between two paths.',
    client: 'error',
    download: 'final',
    rule: 'The number of redirects has a limit.',
    play: (exchange) =>
      redirect(
        exchange,
        exchange.request.target.includes('/there') ? '/redirects-between-two' : '/redirects-between-two/there',
      ),
  }),
  hostile({
    name: 'redirect-to-self-with-cookie',
    plays: 'Redirects to the same URL and sets a cookie; with the cookie it answers well.',
    client: 'either',
    download: 'any',
    rule: 'With a cookie jar it is no loop; without one the limit on redirects ends it.',
    body: goodBody,
    play: (exchange) => {
      if (/\bseen=1\b/.test(exchange.request.headers['cookie'] ?? '')) exchange.answer();
      else redirect(exchange, exchange.request.target, 'Set-Cookie: seen=1; Path=/');
    },
  }),
  hostile({
    name: 'redirect-with-endless-body',
    plays: 'Redirects, with a body that never ends.',
    client: 'response',
    download: 'stored',
    rule: 'Of such a body little is read: then the connection is cut and the redirect followed.',
    body: goodBody,
    play: async (exchange) => {
      if (landed(exchange)) return exchange.answer();
      exchange.sendHead(
        'HTTP/1.1 302 Found',
        'Location: /redirect-with-endless-body/landed',
        'Transfer-Encoding: chunked',
      );
      await exchange.sendForever(`1000\r\n${'a'.repeat(0x1000)}\r\n`);
    },
  }),
  hostile({
    name: 'redirect-with-silent-body',
    plays: 'Redirects, with a body of which no byte comes.',
    client: 'response',
    download: 'stored',
    rule: 'Such a body is not waited for.',
    body: goodBody,
    play: (exchange) => {
      if (landed(exchange)) exchange.answer();
      else
        exchange.sendHead('HTTP/1.1 302 Found', 'Location: /redirect-with-silent-body/landed', 'Content-Length: 100');
    },
  }),
  refused('redirect-to-file', 'file:///etc/passwd'),
  refused('redirect-to-data', 'data:text/plain,boo'),
  refused('redirect-to-ftp', 'ftp://127.0.0.1/boo'),
  refused('redirect-to-javascript', 'javascript:alert(1)'),
  refused('redirect-to-broken-url', 'http://['),
  refused('redirect-to-bad-port', 'http://127.0.0.1:99999/'),
  hostile({
    name: 'redirect-without-location',
    plays: 'Answers 302 without Location.',
    status: 302,
    client: 'either',
    download: 'final',
    rule: 'There is nowhere to go: the 302 is the answer, or an error.',
    body: goodBody,
    play: (exchange) => exchange.answer({ status: 302 }),
  }),
  hostile({
    name: 'redirect-to-odd-loopback',
    plays: 'Redirects to the loopback address, spelt 0x7f.1.',
    client: 'response',
    download: 'stored',
    rule: 'URLs spell it 127.0.0.1: a refusal of private addresses looks at the address dialled, not at the name.',
    body: goodBody,
    play: (exchange) => {
      if (landed(exchange)) exchange.answer();
      else redirect(exchange, `${exchange.origin.replace('127.0.0.1', '0x7f.1')}/redirect-to-odd-loopback/landed`);
    },
  }),
  hostile({
    name: 'redirect-in-utf-8',
    plays: 'Redirects to a path with a letter in bare UTF-8.',
    client: 'response',
    download: 'stored',
    rule: 'The bytes are taken as UTF-8 and escaped; the new request line is ASCII.',
    body: goodBody,
    play: (exchange) => {
      if (/\/caf%C3%A9$/i.test(exchange.request.target)) exchange.answer();
      else if (exchange.request.target.includes('/caf'))
        exchange.answer({ status: 404, body: 'This is not how it was spelt.\n' });
      else redirect(exchange, Buffer.from('/redirect-in-utf-8/caf\u00e9').toString('latin1'));
    },
  }),
  hostile({
    name: 'redirect-to-other-origin',
    plays: 'Redirects to another port, with a cookie; the other origin notes what it is sent.',
    client: 'response',
    download: 'stored',
    rule: 'Authorization, Cookie, Proxy-Authorization and what is marked secret stay behind: an origin has a port.',
    body: goodBody,
    play: (exchange) => redirect(exchange, `${exchange.otherOrigin}/landed`, 'Set-Cookie: secret=1; Path=/'),
  }),
  hostile({
    name: 'cookie-flood',
    plays: 'Sets 200 cookies.',
    client: 'response',
    download: 'stored',
    rule: 'A jar has a limit for each domain, and on what it sends; a downloader has no jar.',
    body: goodBody,
    play: (exchange) =>
      exchange.answer({ fields: Array.from({ length: 200 }, (_, i) => `Set-Cookie: c${i}=${'v'.repeat(30)}; Path=/`) }),
  }),
  hostile({
    name: 'cookie-for-another-domain',
    plays: 'Sets cookies for example.com and for com.',
    client: 'response',
    download: 'stored',
    rule: 'None of them is kept (RFC 6265bis section 5.7).',
    body: goodBody,
    play: (exchange) =>
      exchange.answer({
        fields: ['Set-Cookie: a=1; Domain=example.com', 'Set-Cookie: b=1; Domain=com'],
      }),
  }),
];

function redirect(exchange: Exchange, location: string, ...fields: readonly string[]): void {
  exchange.answer({ status: 302, fields: [`Location: ${location}`, ...fields], body: 'Elsewhere.\n' });
}

function landed(exchange: Exchange): boolean {
  return exchange.request.target.includes('/landed');
}

function refused(name: string, location: string): HostilePlay {
  return hostile({
    name,
    plays: `Redirects to ${location}`,
    client: 'error',
    download: 'final',
    rule: 'A redirect leads to http and https only; the error names the place.',
    play: (exchange) => redirect(exchange, location),
  });
}
