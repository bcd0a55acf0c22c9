/** What a session's requests share: its defaults, checked and resolved once, and its connections. */
import type { EventLoop } from 'cotask';
import { defaultBounds } from '../bounds.ts';
import { defaultTimeouts, resolveTimeouts, type Timeouts } from '../exchange/client-timeout.ts';
import { connectorRules, type ConnectorOptions } from '../connections/connector-options.ts';
import { Connector } from '../connections/connector.ts';
import { acceptedCodings } from '../bodies/content-coding.ts';
import { CookieJar } from '../credentials/cookie-jar.ts';
import { addAuth, addCookies } from '../credentials/credentials.ts';
import { defaultDecoding, identityOnly, resolveDecoding, type Decoding } from '../exchange/decoding.ts';
import { deadlineQueues, type DeadlineQueues } from '../exchange/deadlines.ts';
import { InvalidOptionError, type RequestLine } from '../errors/index.ts';
import { listMiddlewares, type Middlewares } from './middleware.ts';
import { ProxyEnvironment, resolveProxy, type ProxyServer } from '../connections/proxy.ts';
import type { RedirectRules } from './redirect.ts';
import { readNetrc, type Netrc } from '../credentials/netrc.ts';
import type { JsonSerializer } from '../bodies/request-body.ts';
import {
  flattenHeaders,
  listHeaders,
  mergeHeaders,
  withoutNamed,
  type HeaderFields,
} from '../message/request-headers.ts';
import { KnownUrls, listParams, resolveUrl, type Pairs } from '../message/request-url.ts';
import type { FallbackCharset } from '../response/read-whole.ts';
import type { BodyBounds } from '../response/response-body.ts';
import { checkSessionOptions, type ClientSessionOptions, type RaiseForStatus } from './session-options.ts';
import { listTraces, type TraceHooks } from '../exchange/trace.ts';

/** A request that the session can end. */
interface EndableRun {
  giveUp(error: Error): void;
  readonly line: RequestLine;
}

/** What a request takes from its session. */
export interface SessionCore {
  readonly connector: Connector;
  /** True where the session closes it. */
  readonly ownsConnector: boolean;
  /** The requests under way on a connector that others use too; null on the session's own, which ends them all. */
  readonly runs: Set<EndableRun> | null;
  readonly baseUrl: URL | null;
  readonly urls: KnownUrls;
  /** The header fields of every request: the session's over the automatic ones. */
  readonly headers: HeaderFields;
  /** `headers` as undici writes them. */
  readonly flatHeaders: string[];
  readonly params: Pairs;
  readonly timeouts: Timeouts;
  readonly rules: RedirectRules;
  readonly raiseForStatus: RaiseForStatus;
  readonly middlewares: Middlewares;
  readonly traces: TraceHooks;
  readonly bodyBounds: BodyBounds;
  readonly decoding: Decoding;
  readonly maxWaiting: number;
  readonly readBufferSize: number;
  readonly fallbackCharset: FallbackCharset;
  readonly skipAutoHeaders: readonly string[];
  readonly cookieJar: CookieJar | null;
  readonly jsonSerialize: JsonSerializer | null;
  /** Read from the file when first asked for; null without `trustEnv`. */
  readonly netrc: (() => Netrc) | null;
  /** What the options say: null goes directly, undefined leaves it to the environment. */
  readonly proxy: ProxyServer | null | undefined;
  /** Null without `trustEnv`. */
  readonly environment: ProxyEnvironment | null;
  readonly maxHeaders: number;
  readonly maxInformational: number;
  closed: boolean;
  /** Closed, and its connections are somebody else's. */
  detached: boolean;
  /** The options as they were given. */
  readonly given: Readonly<ClientSessionOptions>;
  /** The queues found last: most requests have the session's timeouts and run on one loop. */
  lastQueues: { readonly loop: EventLoop; readonly timeouts: Timeouts; readonly queues: DeadlineQueues } | null;
}

/** Sent unless the caller says otherwise. */
const automaticHeaders: HeaderFields = [
  ['accept', '*/*'],
  ['accept-encoding', acceptedCodings],
  ['user-agent', 'cotask-http'],
];

/** Checks a session's options and makes what they ask for. Connects to nobody. */
export function makeSessionCore(options: ClientSessionOptions): SessionCore {
  checkSessionOptions(options);
  const accepted = options.autoDecompress === false ? identityOnly(automaticHeaders) : automaticHeaders;
  const automatic = withoutNamed(accepted, options.skipAutoHeaders);
  const given = addCookies(addAuth(listHeaders(options.headers), options.auth), options.cookies);
  const headers = mergeHeaders(automatic, given);
  return {
    connector: options.connector ?? makeConnector(options),
    ownsConnector: options.connector === undefined || options.connectorOwner === true,
    runs: options.connector === undefined ? null : new Set(),
    baseUrl: options.baseUrl === undefined ? null : parseBase(options.baseUrl),
    urls: new KnownUrls(),
    headers,
    flatHeaders: flattenHeaders(headers),
    params: listParams(options.params),
    timeouts: resolveTimeouts(options.timeout, defaultTimeouts),
    rules: {
      allowRedirects: options.allowRedirects ?? true,
      maxRedirects: options.maxRedirects ?? defaultBounds.maxRedirects,
      allowInsecureRedirects: options.allowInsecureRedirects ?? false,
      schemes: options.schemes ?? ['http', 'https'],
    },
    raiseForStatus: options.raiseForStatus ?? false,
    middlewares: listMiddlewares(options.middlewares),
    traces: listTraces(options.traces),
    bodyBounds: {
      maxBodySize: options.maxBodySize ?? defaultBounds.maxBodySize,
      maxChunks: options.maxChunks ?? defaultBounds.maxChunks,
    },
    decoding: resolveDecoding(options, defaultDecoding),
    readBufferSize: options.readBufferSize ?? defaultBounds.readBufferSize,
    fallbackCharset: options.fallbackCharset ?? 'utf-8',
    maxWaiting: options.maxWaiting ?? defaultBounds.maxWaiting,
    maxHeaders: options.maxHeaders ?? defaultBounds.maxHeaders,
    maxInformational: options.maxInformational ?? defaultBounds.maxInformational,
    skipAutoHeaders: options.skipAutoHeaders ?? [],
    cookieJar: options.cookieJar === undefined ? new CookieJar() : options.cookieJar,
    jsonSerialize: options.jsonSerialize ?? null,
    netrc: options.trustEnv === true ? readOnce(readNetrc) : null,
    proxy: resolveProxy(options),
    environment: options.trustEnv === true ? new ProxyEnvironment() : null,
    closed: false,
    detached: false,
    given: Object.freeze({ ...options }),
    lastQueues: null,
  };
}

function readOnce<T>(read: () => T): () => T {
  let kept: { readonly value: T } | null = null;
  return () => (kept ??= { value: read() }).value;
}

/** The queues for the deadlines of a request that runs on `loop`. */
export function queuesFor(core: SessionCore, loop: EventLoop, timeouts: Timeouts): DeadlineQueues {
  const last = core.lastQueues;
  if (last !== null && last.loop === loop && last.timeouts === timeouts) return last.queues;
  const queues = deadlineQueues(loop, timeouts);
  core.lastQueues = { loop, timeouts, queues };
  return queues;
}

/** The options of a connector are the session's own: it makes its connector from them. */
function makeConnector(options: ClientSessionOptions): Connector {
  const own: ConnectorOptions = {};
  for (const key of Object.keys(connectorRules)) if (isOption(key)) Object.assign(own, { [key]: options[key] });
  return new Connector(own);
}

function isOption(key: string): key is keyof ConnectorOptions {
  return Object.hasOwn(connectorRules, key);
}

/** The credentials stay in the base: they hold for its relative URLs. */
function parseBase(baseUrl: string | URL): URL {
  resolveUrl('', baseUrl, null, []);
  const base = new URL(baseUrl);
  if (!base.pathname.endsWith('/')) {
    throw new InvalidOptionError(
      `baseUrl must end in a slash, or its last part would be lost: ${JSON.stringify(base.pathname)} of ${base.host}`,
    );
  }
  return base;
}
