/**
 * Every bound of the client, in one place. A client that talks to strangers needs one wherever a stranger says how much:
 * the guide's table of bounds is checked against these.
 */

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

/** A bound that a session may change. */
export type DefaultBound =
  | 'limit'
  | 'limitPerHost'
  | 'maxConnections'
  | 'maxWaiting'
  | 'maxRedirects'
  | 'maxHeaderSize'
  | 'maxHeaders'
  | 'maxInformational'
  | 'maxBodySize'
  | 'maxDecompressedSize'
  | 'maxExpansion'
  | 'maxChunks'
  | 'readBufferSize'
  | 'maxParts'
  | 'maxPartHeaderSize'
  | 'maxLineSize'
  | 'maxDnsAnswers'
  | 'maxDnsEntries'
  | 'maxCookies'
  | 'maxCookiesPerDomain'
  | 'maxCookieSize'
  | 'maxCookiesPerResponse';

/** What holds where a session says nothing. Sizes are bytes. */
export const defaultBounds: Readonly<Record<DefaultBound, number>> = {
  /** Requests in flight in all. */
  limit: 100,
  /** Requests in flight to one origin; 0 is no bound. */
  limitPerHost: 0,
  /** Open connections, the idle ones included. */
  maxConnections: 1000,
  /** Requests that wait for a slot. */
  maxWaiting: 100_000,
  /** Redirects that are followed. */
  maxRedirects: 10,
  /** Bytes of the names and values of a response's header fields. */
  maxHeaderSize: 16 * kibibyte,
  /** Header fields of a response. */
  maxHeaders: 128,
  /** Interim (1xx) responses before the final one. */
  maxInformational: 32,
  /** Bytes of a body that is read whole. */
  maxBodySize: 100 * mebibyte,
  /** Bytes of any body whose Content-Encoding is undone. */
  maxDecompressedSize: 1024 * mebibyte,
  /** How many times as large as what was sent a decoded body may be; looked at from 1 MiB on. */
  maxExpansion: 200,
  /** Held of a body whose reader is slow, before the socket is held back. */
  readBufferSize: 128 * kibibyte,
  /** Parts of a multipart body. */
  maxParts: 1000,
  /** Bytes of the header fields of a part. */
  maxPartHeaderSize: 16 * kibibyte,
  /** Pieces of a body that is read whole. */
  maxChunks: 1_000_000,
  /** Bytes of a line that `readLine()` gives. */
  maxLineSize: mebibyte,
  /** Addresses of one name that are tried. */
  maxDnsAnswers: 32,
  /** Answers of look-ups that are kept. */
  maxDnsEntries: 1000,
  /** Cookies of a jar. */
  maxCookies: 3000,
  /** Cookies of one domain. */
  maxCookiesPerDomain: 180,
  /** Bytes of a cookie's name and value. */
  maxCookieSize: 4 * kibibyte,
  /** `Set-Cookie` fields of one response that are looked at. */
  maxCookiesPerResponse: 50,
};

/** A bound that holds for every session. */
export type FixedBound =
  | 'discardedBytes'
  | 'discardedFor'
  | 'heldPieces'
  | 'preambleBytes'
  | 'cookieAttributeBytes'
  | 'cookieDays'
  | 'codings'
  | 'expandedBytes'
  | 'proxyHeadBytes'
  | 'routes'
  | 'framingBytes'
  | 'tlsSessions'
  | 'streams'
  | 'streamWindow'
  | 'connectionWindow'
  | 'controlFrames'
  | 'silence'
  | 'pingAnswer'
  | 'refusals'
  | 'resets';

/** Bounds that nobody needs to change. Sizes are bytes, times milliseconds. */
export const fixedBounds: Readonly<Record<FixedBound, number>> = {
  /** Read away of a body that nobody wants, so that its connection can be used again. */
  discardedBytes: 64 * kibibyte,
  /** And for how long. */
  discardedFor: 1000,
  /** Pieces held of a body whose reader is slow, before the socket is held back. */
  heldPieces: 256,
  /** Bytes of a multipart body before its first boundary. */
  preambleBytes: 64 * kibibyte,
  /** Bytes of a cookie's attribute (RFC 6265bis section 5.5). */
  cookieAttributeBytes: kibibyte,
  /** Days that a cookie is kept at most (RFC 6265bis section 5.5). */
  cookieDays: 400,
  /** Codings on one body. */
  codings: 5,
  /** Decoded bytes from which `maxExpansion` is looked at. */
  expandedBytes: mebibyte,
  /** Bytes of a proxy's answer to CONNECT. */
  proxyHeadBytes: 16 * kibibyte,
  /** Proxies and TLS options of requests from which on those without a connection are forgotten. */
  routes: 100,
  /** Bytes of chunk sizes, extensions and trailers beyond sixteen times the body's own. */
  framingBytes: 64 * kibibyte,
  /** TLS sessions kept for resumption, one a server. */
  tlsSessions: 100,
  /** Requests at once on one HTTP/2 connection. */
  streams: 100,
  /** What a server may send on one HTTP/2 stream before it was read. */
  streamWindow: 256 * kibibyte,
  /** What a server may send on one HTTP/2 connection before it was received. */
  connectionWindow: mebibyte,
  /** SETTINGS and PING frames of an HTTP/2 connection without a response among them. */
  controlFrames: 1000,
  /** Silence of an HTTP/2 connection after which a request that is given up makes us ask whether the server is there. */
  silence: 1000,
  /** How long the answer to that may take. */
  pingAnswer: 5000,
  /** Times that a request is sent again which an HTTP/2 server has refused unseen. */
  refusals: 2,
  /** Requests given up on one HTTP/2 connection, after which it takes no more. */
  resets: 100,
};
