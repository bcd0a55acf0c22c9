/** The options of a connector, which a session takes too: they make its own. */
import type { LookupFunction } from 'node:net';
import net from 'node:net';
import type { Dispatcher } from 'undici';
import {
  milliseconds,
  someFunction,
  someObject,
  someText,
  trueOrFalse,
  wholeNumber,
  type OptionRule,
  type OptionRules,
} from '../check-options.ts';
import { checkTls, type TlsOptions } from './tls-options.ts';
import { InvalidOptionError } from '../errors/index.ts';

/** Options of {@link Connector}. Sizes are bytes, times milliseconds. */
export interface ConnectorOptions {
  /** Requests in flight in all; 0 for no bound but `maxConnections`. First come, first served. Default 100. */
  limit?: number | undefined;
  /** Requests in flight to one origin (scheme, host and port); 0 for no bound. Default 0. */
  limitPerHost?: number | undefined;
  /**
   * Open connections, idle ones included: the one idle longest is closed where one more is needed, and no more requests are
   * in flight. 0 for no bound. Default 1,000.
   */
  maxConnections?: number | undefined;
  /** True connects to public addresses only: checked when a connection is made, for every hop. Default false. */
  publicAddressesOnly?: boolean | undefined;
  /** The most addresses of one name that are tried. Default 32. */
  maxDnsAnswers?: number | undefined;
  /** The most bytes of a response's header names and values. Default 16 KiB. */
  maxHeaderSize?: number | undefined;
  /** Resolves host names in place of `dns.lookup` (which does two at a time); not asked for IP literals. */
  lookup?: LookupFunction | undefined;
  /**
   * How long an answer of the look-up is used again; 0 asks each time. One question at a time is asked for a name. Default
   * 10,000; 0 with a `lookup` of your own.
   */
  dnsCacheTtl?: number | undefined;
  /** The most answers that are kept; the oldest goes first. Default 1,000. */
  maxDnsEntries?: number | undefined;
  /** 4 or 6 asks for addresses of that family only. */
  family?: 4 | 6 | undefined;
  /** Tries the addresses of a name one after the other, IPv6 and IPv4 in turn (RFC 8305). Default true. */
  autoSelectFamily?: boolean | undefined;
  /** How long one address is tried before the next is tried too. Default 250, aiohttp's and Node's. */
  autoSelectFamilyAttemptTimeout?: number | undefined;
  /** The local IP address to connect from. */
  localAddress?: string | undefined;
  /** A Unix socket or named pipe to connect to, whatever the URL's host. */
  socketPath?: string | undefined;
  /** False ends each connection after its response (aiohttp's `force_close`). Default true. */
  keepAlive?: boolean | undefined;
  /** How long an idle connection is kept when the server does not say. Default 15,000, aiohttp's. */
  keepAliveTimeout?: number | undefined;
  /** The longest that an idle connection is kept when the server does say. Default: `keepAliveTimeout`. */
  keepAliveMaxTimeout?: number | undefined;
  /** Offers HTTP/2 to https servers beside HTTP/1.1; they choose. Default false. */
  allowH2?: boolean | undefined;
  /**
   * The one version that is spoken: `'1.1'`, or `'2'`, which http servers are spoken to in without asking (prior knowledge) and
   * an https server must choose. Default: `'1.1'`, unless `allowH2` is set.
   */
  version?: '1.1' | '2' | undefined;
  /** Options of the TLS connections, as `tls.connect` has them, and `fingerprint`. */
  tls?: TlsOptions | undefined;
  /**
   * What requests go over in place of connections of ours: undici's MockAgent, or an Agent with interceptors. It stays with
   * whoever made it. Only `limit` and `limitPerHost` go with it, and no request takes a `proxy` or `tls`.
   */
  dispatcher?: Dispatcher | undefined;
}

const ipAddress: OptionRule = (value) =>
  typeof value === 'string' && net.isIP(value) !== 0 ? null : 'must be an IP address';
const ipFamily: OptionRule = (value) => (value === 4 || value === 6 ? null : 'must be 4 or 6');
const someVersion: OptionRule = (value) => (value === '1.1' || value === '2' ? null : "must be '1.1' or '2'");
const someDispatcher: OptionRule = (value) =>
  typeof value === 'object' && value !== null && 'dispatch' in value && typeof value.dispatch === 'function'
    ? null
    : "must be one of undici's dispatchers";
const spanOrNothing: OptionRule = (value) => (value === 0 ? null : milliseconds(value));
/** Node takes less for 10. */
const attempt: OptionRule = (value) => wholeNumber(10)(value);

export const connectorRules: OptionRules<ConnectorOptions> = {
  limit: wholeNumber(0),
  limitPerHost: wholeNumber(0),
  maxConnections: wholeNumber(0),
  publicAddressesOnly: trueOrFalse,
  maxDnsAnswers: wholeNumber(1),
  maxHeaderSize: wholeNumber(1),
  lookup: someFunction,
  dnsCacheTtl: spanOrNothing,
  maxDnsEntries: wholeNumber(1),
  family: ipFamily,
  autoSelectFamily: trueOrFalse,
  autoSelectFamilyAttemptTimeout: attempt,
  localAddress: ipAddress,
  socketPath: someText,
  keepAlive: trueOrFalse,
  keepAliveTimeout: milliseconds,
  keepAliveMaxTimeout: milliseconds,
  allowH2: trueOrFalse,
  version: someVersion,
  tls: someObject,
  dispatcher: someDispatcher,
};

const besideDispatcher = new Set(['dispatcher', 'limit', 'limitPerHost']);

/** Refuses what fits together only on paper. The options one by one were checked by their table. */
export function checkConnection(options: ConnectorOptions): void {
  if (options.publicAddressesOnly === true && options.socketPath !== undefined)
    throw new InvalidOptionError(
      'publicAddressesOnly and socketPath exclude each other: a local socket has no address',
    );
  if (options.dispatcher !== undefined) refuseBeside(options);
  if (options.tls !== undefined) checkTls(options.tls);
  if (options.version === '1.1' && options.allowH2 === true)
    throw new InvalidOptionError("allowH2: true and version: '1.1' exclude each other: leave one of them out");
  if (options.version === '2' && options.allowH2 === false)
    throw new InvalidOptionError("allowH2: false and version: '2' exclude each other: leave one of them out");
}

/** A dispatcher makes its connections as it likes: what is said of them here would be ignored. */
function refuseBeside(options: ConnectorOptions): void {
  const other = Object.entries(options).find(([key, value]) => value !== undefined && !besideDispatcher.has(key));
  if (other !== undefined)
    throw new InvalidOptionError(
      `both dispatcher and ${other[0]} are given; connections are the dispatcher's business`,
    );
}
