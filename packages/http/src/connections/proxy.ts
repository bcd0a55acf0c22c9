/** Which proxy a request goes through: the one it names, or the one of the environment. */
import net from 'node:net';
import { writeAuth, type AuthInput } from '../credentials/auth.ts';
import type { TlsOptions } from './tls-options.ts';
import { InvalidOptionError } from '../errors/index.ts';
import type { SocksProxy } from './socks.ts';
import { hasHeader, listHeaders, type HeaderFields, type HeadersInput } from '../message/request-headers.ts';
import { takeCredentials, type RequestUrl } from '../message/request-url.ts';

/** The options that name a proxy. */
export interface ProxyOptions {
  /**
   * An http or https URL, or `socks5:` (names are looked up here) or `socks5h:` (by the proxy); its user name and password are
   * sent to it. Null goes directly.
   */
  proxy?: string | URL | null | undefined;
  /** User name and password, or `{ bearer }`, for the proxy. */
  proxyAuth?: AuthInput | null | undefined;
  /** Header fields for the proxy. */
  proxyHeaders?: HeadersInput | undefined;
  /** Options of the TLS connection to an https proxy. */
  proxyTls?: TlsOptions | undefined;
}

/** A proxy, ready to be asked. */
export interface ProxyServer {
  readonly hostname: string;
  readonly port: number;
  readonly secure: boolean;
  readonly fields: HeaderFields;
  readonly tls: TlsOptions | null;
  /** Null for one that speaks HTTP. */
  readonly socks: SocksProxy | null;
  /** Equal for equal proxies. */
  readonly key: string;
}

/** The proxy that the options name; null goes directly, undefined leaves it to the session. */
export function resolveProxy(options: ProxyOptions): ProxyServer | null | undefined {
  const { proxy } = options;
  if (proxy === undefined || proxy === null) {
    const alone = (['proxyAuth', 'proxyHeaders', 'proxyTls'] as const).find((name) => options[name] !== undefined);
    if (alone !== undefined) throw new InvalidOptionError(`${alone} is given without a proxy`);
    return proxy;
  }
  const url = URL.parse(String(proxy));
  if (url === null || !spoken.has(url.protocol))
    throw new InvalidOptionError('proxy must be an http:, https:, socks5: or socks5h: URL');
  return url.protocol.startsWith('socks') ? makeSocksProxy(url, options) : makeProxy(url, options);
}

const spoken = new Set(['http:', 'https:', 'socks5:', 'socks5h:']);

function makeProxy(url: URL, { proxyAuth, proxyHeaders, proxyTls }: ProxyOptions): ProxyServer {
  const inUrl = takeCredentials(url);
  const given = writeAuth(proxyAuth);
  const headers = listHeaders(proxyHeaders);
  const sources = [inUrl, given, hasHeader(headers, 'proxy-authorization') ? '' : null].filter((one) => one !== null);
  if (sources.length > 1) throw new InvalidOptionError('the credentials for the proxy are given twice');
  const authorization = inUrl ?? given;
  const fields = authorization === null ? headers : [...headers, ['proxy-authorization', authorization] as const];
  const secure = url.protocol === 'https:';
  return {
    hostname: url.hostname,
    port: Number(url.port) || (secure ? 443 : 80),
    secure,
    fields,
    tls: proxyTls ?? null,
    socks: null,
    key: JSON.stringify([url.origin, fields]),
  };
}

function makeSocksProxy(url: URL, { proxyAuth, proxyHeaders, proxyTls }: ProxyOptions): ProxyServer {
  if (proxyHeaders !== undefined || proxyTls !== undefined)
    throw new InvalidOptionError('a SOCKS proxy takes neither proxyHeaders nor proxyTls');
  const credentials = socksCredentials(url, proxyAuth ?? null);
  return {
    hostname: url.hostname,
    port: Number(url.port) || 1080,
    secure: false,
    fields: [],
    tls: null,
    socks: { remoteNames: url.protocol === 'socks5h:', credentials },
    key: JSON.stringify([url.protocol, url.host, credentials]),
  };
}

function socksCredentials(url: URL, auth: AuthInput | null): SocksProxy['credentials'] {
  const inUrl = url.username !== '' || url.password !== '';
  if (inUrl && auth !== null) throw new InvalidOptionError('the credentials for the proxy are given twice');
  if (auth !== null && 'bearer' in auth) throw new InvalidOptionError('a SOCKS proxy takes a user name and a password');
  writeAuth(auth);
  if (auth === null && !inUrl) return null;
  const username = auth?.username ?? decodeURIComponent(url.username);
  const password = auth === null ? decodeURIComponent(url.password) : (auth.password ?? '');
  const tooLong = [username, password].some((text) => Buffer.byteLength(text) > 255);
  if (tooLong || username === '') throw new InvalidOptionError('SOCKS credentials have 1 to 255 bytes each');
  return { username, password };
}

/** The proxies that the environment names, as curl reads them. */
export class ProxyEnvironment {
  readonly #http: ProxyServer | null;
  readonly #https: ProxyServer | null;
  readonly #direct: readonly ((host: string, port: string) => boolean)[];

  constructor(env: NodeJS.ProcessEnv = process.env) {
    const all = env['all_proxy'] ?? env['ALL_PROXY'];
    // HTTP_PROXY in capitals may come from a request, where a server hands fields on as variables (httpoxy).
    this.#http = fromVariable('http_proxy', env['http_proxy'] ?? all);
    this.#https = fromVariable('https_proxy', env['https_proxy'] ?? env['HTTPS_PROXY'] ?? all);
    this.#direct = listDirect(env['no_proxy'] ?? env['NO_PROXY'] ?? '');
  }

  /** The proxy for a URL; null goes directly. */
  proxyFor({ origin }: RequestUrl): ProxyServer | null {
    const secure = origin.startsWith('https:');
    const proxy = secure ? this.#https : this.#http;
    if (proxy === null) return null;
    const { hostname, port } = new URL(origin);
    const host = hostname.replace(/^\[|\]$/gu, '');
    const number = port === '' ? (secure ? '443' : '80') : port;
    return this.#direct.some((matches) => matches(host, number)) ? null : proxy;
  }
}

function fromVariable(name: string, value: string | undefined): ProxyServer | null {
  if (value === undefined || value === '') return null;
  try {
    return resolveProxy({ proxy: value.includes('://') ? value : `http://${value}` }) ?? null;
  } catch (error) {
    throw new InvalidOptionError(`the variable ${name} names no proxy that is spoken here`, { cause: error });
  }
}

/** `no_proxy`: names with what is below them, addresses, networks, each with a port perhaps; `*` is everything. */
function listDirect(text: string): ((host: string, port: string) => boolean)[] {
  return text
    .split(/[\s,]+/u)
    .filter((entry) => entry !== '')
    .map((entry) => (entry === '*' ? () => true : (networkMatcher(entry) ?? nameMatcher(entry.toLowerCase()))));
}

function networkMatcher(entry: string): ((host: string) => boolean) | null {
  const [address = '', bits] = entry.split('/');
  const family = net.isIP(address);
  if (bits === undefined || family === 0 || !/^\d{1,3}$/u.test(bits) || Number(bits) > (family === 4 ? 32 : 128))
    return null;
  const list = new net.BlockList();
  list.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  return (host) => net.isIP(host) !== 0 && list.check(host, net.isIP(host) === 4 ? 'ipv4' : 'ipv6');
}

function nameMatcher(entry: string): (host: string, port: string) => boolean {
  const [, host = entry, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/u.exec(entry) ?? [];
  const name = host.replace(/^\[|\]$/gu, '').replace(/^\*?\./u, '');
  return (asked, number) =>
    (port === undefined || port === number) &&
    (asked === name || (net.isIP(asked) === 0 && asked.endsWith(`.${name}`)));
}
