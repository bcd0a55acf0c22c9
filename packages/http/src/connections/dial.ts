/**
 * Connections are made here and not by undici: a cancel must reach a socket that still connects, the deadline is ours,
 * and whoever looks at an address before it is dialled has to stand here (an IP literal never comes to `lookup`).
 */
import net, { type LookupFunction, type Socket } from 'node:net';
import tls, { type TLSSocket } from 'node:tls';
import { fixedBounds } from '../bounds.ts';
import type { LookupSource, TellingLookup } from './cached-lookup.ts';
import { AddressRefusal, guardedLookup, type AddressRules } from './guarded-lookup.ts';
import { openTunnel, ProxyFailure } from './proxy-tunnel.ts';
import type { ProxyServer } from './proxy.ts';
import { isPublicAddress } from './public-address.ts';
import { inSocketContext } from './socket-context.ts';
import { openSocks, type SocksProxy } from './socks.ts';
import { checkFingerprint, splitTls, type PlainTls, type TlsOptions } from './tls-options.ts';

/** How connections are made. */
export interface DialOptions {
  readonly lookup: TellingLookup;
  readonly family: 0 | 4 | 6;
  readonly autoSelectFamily: boolean;
  /** Milliseconds; null is the platform's. */
  readonly attemptTimeout: number | null;
  readonly localAddress: string | null;
  readonly socketPath: string | null;
  readonly tls: TlsOptions;
  readonly proxy: ProxyServer | null;
  readonly addresses: AddressRules;
}

/** What is offered to an https server: HTTP/1.1, HTTP/2, or the choice. */
export type HttpVersions = 'http1' | 'http2' | 'both';

const protocols: Readonly<Record<HttpVersions, string[]>> = {
  http1: ['http/1.1'],
  http2: ['h2'],
  both: ['h2', 'http/1.1'],
};

/** Whom to dial, as undici says it. */
export interface DialTarget {
  readonly hostname: string;
  readonly protocol: string;
  readonly port: string;
  readonly servername?: string | null | undefined;
  readonly versions: HttpVersions;
}

/** Told the outcome: the connected socket, with TLS the handshake done, or an error. */
export type Dialled = (...outcome: [error: null, socket: Socket] | [error: Error, socket: null]) => void;

/** What is under way: the look-up of the name, TCP, TLS. */
export type ConnectStep = 'resolving' | 'connecting' | 'handshake';

/** Who hears of a connection that is being made. */
export interface DialListener {
  onStep(step: ConnectStep): void;
  /** The name is asked for, or known. */
  onLookup(source: LookupSource): void;
  readonly done: Dialled;
}

const keepAliveDelayMs = 60_000;

/** Makes the connections of one session. */
export class Dialler {
  readonly #options: DialOptions;
  /** Gives no address that is not to be dialled. */
  readonly #lookup: TellingLookup;
  readonly #tls: PlainTls;
  readonly #tlsSessions = new Map<string, Buffer>();

  constructor(options: DialOptions) {
    this.#options = options;
    this.#lookup = guardedLookup(options.lookup, options.addresses);
    this.#tls = splitTls(options.tls);
  }

  /** Starts to connect; `done` is called once, unless the socket is destroyed without an error. */
  dial(target: DialTarget, listener: DialListener): Socket {
    return inSocketContext(() => this.#connect(target, { ...listener, done: once(listener.done) }));
  }

  #connect(target: DialTarget, listener: DialListener): Socket {
    const { proxy, socketPath } = this.#options;
    if (proxy !== null && proxy.socks !== null) return this.#connectBySocks(proxy, proxy.socks, target, listener);
    if (proxy !== null) return this.#connectToProxy(proxy, target, listener);
    const secure = target.protocol === 'https:';
    const named = socketPath === null && net.isIP(target.hostname) === 0;
    if (!named && this.#isForbidden(target.hostname)) return refuse(target.hostname, listener.done);
    const dialled = this.#dialOptions(target, secure ? 443 : 80, this.#lookup, listener);
    const socket = secure ? this.#connectTls(target, dialled, listener.done) : net.connect(dialled);
    listener.onStep(named ? 'resolving' : 'connecting');
    if (named) socket.once('lookup', () => listener.onStep('connecting'));
    if (secure) socket.once('connect', () => listener.onStep('handshake'));
    else socket.once('connect', () => listener.done(null, socket));
    return prepared(socket, (error) => listener.done(error, null));
  }

  /** A connection to the proxy itself, whose address is nobody's business. */
  #dialProxy(proxy: ProxyServer, listener: DialListener, connected: (socket: Socket) => void): Socket {
    const address = { hostname: proxy.hostname.replace(/^\[|\]$/gu, ''), port: String(proxy.port) };
    const options = this.#dialOptions(address, 80, this.#options.lookup, listener);
    const fail = (error: Error): void => listener.done(new ProxyFailure(proxy, wordsOf(error), { cause: error }), null);
    const own = splitTls(proxy.tls ?? {});
    const socket = proxy.secure
      ? tls.connect({ ...options, servername: nameOf(proxy.hostname), ...own.options })
      : net.connect(options);
    listener.onStep('connecting');
    socket.once(proxy.secure ? 'secureConnect' : 'connect', () => {
      const wrong = socket instanceof tls.TLSSocket ? checkFingerprint(socket, own.fingerprints) : null;
      if (wrong === null) connected(socket);
      else socket.destroy(wrong);
    });
    return prepared(socket, fail);
  }

  /** A tunnel for https; http is asked of the proxy itself. */
  #connectToProxy(proxy: ProxyServer, target: DialTarget, listener: DialListener): Socket {
    const socket = this.#dialProxy(proxy, listener, () => {
      if (target.protocol !== 'https:') return listener.done(null, socket);
      const { host, port } = addressOf(target);
      const authority = net.isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
      openTunnel(socket, proxy, authority, (failure) => this.#opened(failure, socket, target, listener));
    });
    return socket;
  }

  #connectBySocks(proxy: ProxyServer, socks: SocksProxy, target: DialTarget, listener: DialListener): Socket {
    const fail = (error: Error): void => {
      listener.done(error, null);
      socket.destroy();
    };
    const socket = this.#dialProxy(proxy, listener, () => {
      this.#addressFor(socks, target, listener, fail, (host) => {
        if (socket.destroyed) return;
        const to = { host, port: addressOf(target).port };
        openSocks(socket, proxy, socks, to, (failure) => this.#opened(failure, socket, target, listener));
      });
    });
    return socket;
  }

  /** What the proxy is to connect to: the name where it looks names up, else an address that may be dialled. */
  #addressFor(
    { remoteNames }: SocksProxy,
    { hostname }: DialTarget,
    listener: DialListener,
    fail: (error: Error) => void,
    use: (host: string) => void,
  ): void {
    const bare = hostname.replace(/^\[|\]$/gu, '');
    if (net.isIP(bare) !== 0) return this.#isForbidden(bare) ? fail(new AddressRefusal(bare)) : use(bare);
    if (remoteNames) return use(bare);
    listener.onStep('resolving');
    const answered: Parameters<LookupFunction>[2] = (error, answer) => {
      if (error !== null) return fail(error);
      listener.onStep('connecting');
      use(typeof answer === 'string' ? answer : (answer[0]?.address ?? bare));
    };
    this.#lookup(bare, { family: this.#options.family }, answered, (source) => listener.onLookup(source));
  }

  /** The proxy has made its connection, or not. */
  #opened(failure: ProxyFailure | null, socket: Socket, target: DialTarget, listener: DialListener): void {
    if (failure !== null) {
      listener.done(failure, null);
      socket.destroy();
    } else if (target.protocol === 'https:') this.#handshakeThrough(socket, target, listener);
    else listener.done(null, socket);
  }

  #handshakeThrough(tunnel: Socket, target: DialTarget, listener: DialListener): void {
    listener.onStep('handshake');
    const socket = this.#connectTls(target, { socket: tunnel }, listener.done);
    socket.on('error', (error) => listener.done(error, null));
    socket.once('close', () => tunnel.destroy());
    tunnel.once('close', () => socket.destroy());
  }

  /** An address in the URL never comes to the look-up. */
  #isForbidden(address: string): boolean {
    return this.#options.addresses.publicAddressesOnly && !isPublicAddress(address);
  }

  #connectTls(target: DialTarget, way: tls.ConnectionOptions, done: Dialled): TLSSocket {
    const { options, fingerprints } = this.#tls;
    const servername = options.servername ?? target.servername ?? nameOf(target.hostname);
    const key = `${target.hostname}:${target.port} ${servername}`;
    // A session that is resumed brings no certificate to be looked at.
    const session = fingerprints.length === 0 ? this.#tlsSessions.get(key) : undefined;
    const socket = tls.connect({
      ...way,
      ...options,
      servername,
      ALPNProtocols: protocols[target.versions],
      ...(session === undefined ? null : { session }),
    });
    socket.on('session', (fresh: Buffer) => this.#keepTlsSession(key, fresh));
    socket.once('secureConnect', () => {
      const wrong = checkFingerprint(socket, fingerprints);
      if (wrong === null) done(null, socket);
      else socket.destroy(wrong);
    });
    return socket;
  }

  #dialOptions(
    target: Pick<DialTarget, 'hostname' | 'port'>,
    defaultPort: number,
    lookup: TellingLookup,
    listener: DialListener,
  ): net.NetConnectOpts & tls.ConnectionOptions {
    const { socketPath, localAddress, autoSelectFamily, attemptTimeout, family } = this.#options;
    if (socketPath !== null) return { path: socketPath };
    return {
      host: target.hostname,
      port: target.port === '' ? defaultPort : Number(target.port),
      autoSelectFamily,
      lookup: (name, options, callback) => lookup(name, options, callback, (source) => listener.onLookup(source)),
      family,
      ...(attemptTimeout === null ? null : { autoSelectFamilyAttemptTimeout: attemptTimeout }),
      ...(localAddress === null ? null : { localAddress }),
    };
  }

  #keepTlsSession(key: string, session: Buffer): void {
    this.#tlsSessions.delete(key);
    const oldest =
      this.#tlsSessions.size >= fixedBounds.tlsSessions ? this.#tlsSessions.keys().next().value : undefined;
    if (oldest !== undefined) this.#tlsSessions.delete(oldest);
    this.#tlsSessions.set(key, session);
  }
}

/** What a certificate must be for; an address has no name to send. */
function nameOf(hostname: string): string {
  return net.isIP(hostname.replace(/^\[|\]$/gu, '')) === 0 ? hostname : '';
}

function addressOf({ hostname, port, protocol }: DialTarget): { host: string; port: number } {
  return { host: hostname, port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) };
}

function prepared(socket: Socket, failed: (error: Error) => void): Socket {
  socket.setNoDelay(true);
  socket.setKeepAlive(true, keepAliveDelayMs);
  return socket.on('error', failed);
}

function wordsOf(error: Error): string {
  return error.message === '' ? error.name : error.message;
}

function once(done: Dialled): Dialled {
  let reported = false;
  return (...outcome) => {
    if (reported) return;
    reported = true;
    done(...outcome);
  };
}

/** A socket that never connects. */
function refuse(address: string, report: Dialled): Socket {
  const socket = new net.Socket();
  socket.on('error', (error) => report(error, null));
  return socket.destroy(new AddressRefusal(address));
}
