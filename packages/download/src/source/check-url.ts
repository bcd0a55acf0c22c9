// From the text of a line to a URL that may be requested, or to the words that say what is wrong with it.

import type { BadLine, ListedUrl, ListPosition } from '../types.ts';

/** True for a line whose URL can be requested. */
export function isListedUrl(entry: ListedUrl | BadLine): entry is ListedUrl {
  return 'href' in entry;
}

/**
 * Reads the URL on a line, after the WHATWG URL standard, but without its silent repairs: the standard drops tabs and
 * line breaks inside a URL and turns blanks into `%20`; here such a line is bad, as it is rarely what was meant.
 */
export function checkUrl(text: string, position: ListPosition): ListedUrl | BadLine {
  const reason = PLAIN.test(text) ? null : refusalOf(text);
  if (reason !== null) return badLine(text, position, reason);
  const url = URL.parse(text);
  if (url === null) return badLine(text, position, whyUnreadable(text));
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return badLine(text, position, `${url.protocol} is not downloaded; only http: and https: are`);
  }
  return listed(url, position);
}

/** A bad line, with an excerpt that may be printed: short, no control characters, no password. */
export function badLine(text: string, { line, offset }: ListPosition, reason: string): BadLine {
  return { line, offset, reason, excerpt: excerptOf(text) };
}

function listed(url: URL, { line, offset }: ListPosition): ListedUrl {
  if (url.href.includes('#')) url.hash = '';
  const { href, host } = url;
  if (!href.includes('@')) return { line, offset, href, host, authorization: null, identity: href };
  const authorization = authorizationOf(url);
  url.password = '';
  const identity = url.href;
  url.username = '';
  return { line, offset, href: url.href, host: url.host, authorization, identity };
}

/** Basic authorization (RFC 7617), in UTF-8. */
function authorizationOf(url: URL): string | null {
  if (url.username === '' && url.password === '') return null;
  const pair = `${decode(url.username)}:${decode(url.password)}`;
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Nothing to refuse in these, which are nearly all. */
const PLAIN = /^[!-~]+$/;

/* oxlint-disable-next-line no-control-regex -- control characters are what is looked for */
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

function refusalOf(text: string): string | null {
  if (text.includes('\t')) return 'a tab stands inside the line; write one URL a line and nothing else';
  if (CONTROL.test(text)) return 'a control character stands inside the line';
  if (/\s/u.test(text)) return 'a blank stands inside the line; write %20 for a blank in a URL, and one URL a line';
  return null;
}

function whyUnreadable(text: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return 'this is not a valid URL';
  if (/^[^/:@]+\.[^/:@]+(?::\d+)?(?:\/|$)/.test(text)) return 'the URL has no scheme; did you mean https:// in front?';
  return 'this is not a URL; a line is an absolute URL such as https://example.com/file.jpg';
}

const LONGEST_EXCERPT = 80;

function excerptOf(text: string): string {
  const safe = text
    .slice(0, LONGEST_EXCERPT * 4)
    .replace(/\/\/[^/@]*@/, '//***@')
    .replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '?');
  return safe.length <= LONGEST_EXCERPT ? safe : `${safe.slice(0, LONGEST_EXCERPT - 1)}…`;
}
