/**
 * Connections are made here and not by undici: a cancel must reach a socket that still connects, the deadline is ours,
 * and whoever looks at an address before it is dialled has to stand here (an IP literal never comes to `lookup`).
 */
import { AsyncResource } from 'node:async_hooks';
import net, { type LookupFunction, type Socket } from 'node:net';
import tls, { type ConnectionOptions } from 'node:tls';
import { fixedBounds } from '../bounds.ts';
import { cachedLookup } from './cached-lookup.ts';
import { AddressRefusal, guardedLookup, type AddressRules } from './guarded-lookup.ts';
import { openTunnel, ProxyFailure } from './proxy-tunnel.ts';
import type { ProxyServer } from './proxy.ts';
import { isPublicAddress } from './public-address.ts';

/** The TLS options of a session; Node's `tls.connect` says what they mean. */
export type TlsOptions = Pick<
  ConnectionOptions,
  | 'ca'
  | 'cert'
  | 'key'
  | 'passphrase'
  | 'pfx'
  | 'rejectUnauthorized'
  | 'servername'
  | 'checkServerIdentity'
  | 'minVersion'
  | 'maxVersion'
  | 'ciphers'
  | 'ecdhCurve'
  | 'sigalgs'
  | 'secureContext'
>;

/** How connections are made. */
export interface DialOptions {
  readonly lookup: LookupFunction | null;
  /** Milliseconds that an answer of the look-up holds; 0 asks each time. */
  readonly dnsCacheTtl: number;
  readonly family: 0 | 4 | 6;
  readonly autoSelectFamily: boolean;
  /** Milliseconds; null is the platform's. */
  readonly attemptTimeout: number | null;
  readonly localAddress: string | null;
  readonly socketPath: string | null;
  readonly allowH2: boolean;
  readonly tls: TlsOptions;
  readonly proxy: ProxyServer | null;
  readonly addresses: AddressRules;
}

/** Whom to dial, as undici says it. */
export interface DialTarget {
  readonly hostname: string;
  readonly protocol: string;
  readonly port: string;
  readonly servername?: string | null | undefined;
}

/** Told the outcome: the connected socket, with TLS the handshake done, or an error. */
export type Dialled = (...outcome: [error: null, socket: Socket] | [error: Error, socket: null]) => void;

/** What is under way: the look-up of the name, TCP, TLS. */
export type ConnectStep = 'resolving' | 'connecting' | 'handshake';

/** Who hears of a connection that is being made. */
export interface DialListener {
  onStep(step: ConnectStep): void;
  readonly done: Dialled;
}

const keepAliveDelayMs = 60_000;

/**
 * A socket outlives the request that it was made for: what it calls back must not carry that request's task and its
 * stores. So sockets are made in the context in which this module was loaded.
 */
const root = new AsyncResource('COTASK_HTTP_SOCKET');

/** Makes the connections of one session. */
export class Dialler {
  readonly #options: DialOptions;
  readonly #lookup: LookupFunction;
  readonly #tlsSessions = new Map<string, Buffer>();

  constructor(options: DialOptions) {
    this.#options = options;
    this.#lookup = guardedLookup(cachedLookup(options.lookup, options.dnsCacheTtl), options.addresses);
  }

  /** Starts to connect; `done` is called once, unless the socket is destroyed without an error. */
  dial(target: DialTarget, listener: DialListener): Socket {
    return root.runInAsyncScope(() => this.#connect(target, listener));
  }

  #connect(target: DialTarget, listener: DialListener): Socket {
    if (this.#options.proxy !== null) return this.#connectToProxy(this.#options.proxy, target, listener);
    const secure = target.protocol === 'https:';
    const named = this.#options.socketPath === null && net.isIP(target.hostname) === 0;
    const report = once(listener.done);
    if (!named && this.#isForbidden(target.hostname)) return refuse(target.hostname, report);
    const socket = secure ? this.#connectTls(target) : net.connect(this.#connectOptions(target, 80));
    listener.onStep(named ? 'resolving' : 'connecting');
    if (named) socket.once('lookup', () => listener.onStep('connecting'));
    if (secure) socket.once('connect', () => listener.onStep('handshake'));
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveDelayMs);
    socket.once(secure ? 'secureConnect' : 'connect', () => report(null, socket));
    socket.on('error', (error) => report(error, null));
    return socket;
  }

  /** A tunnel for https; http is asked of the proxy itself. */
  #connectToProxy(proxy: ProxyServer, target: DialTarget, listener: DialListener): Socket {
    const report = once(listener.done);
    const options = this.#connectOptions({ hostname: proxy.hostname, port: String(proxy.port), protocol: '' }, 80);
    const socket = proxy.secure
      ? tls.connect({ ...options, servername: nameOf(proxy.hostname), ...proxy.tls })
      : net.connect(options);
    listener.onStep('connecting');
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveDelayMs);
    socket.on('error', (error) =>
      report(new ProxyFailure(proxy, error.message === '' ? error.name : error.message, { cause: error }), null),
    );
    socket.once(proxy.secure ? 'secureConnect' : 'connect', () => {
      if (target.protocol !== 'https:') return report(null, socket);
      const authority = `${target.hostname}:${target.port === '' ? 443 : target.port}`;
      openTunnel(socket, proxy, authority, (failure) => {
        if (failure === null) return this.#handshakeThrough(socket, target, listener, report);
        report(failure, null);
        socket.destroy();
      });
    });
    return socket;
  }

  #handshakeThrough(tunnel: Socket, target: DialTarget, listener: DialListener, report: Dialled): void {
    listener.onStep('handshake');
    const socket = this.#connectTls(target, tunnel);
    socket.once('secureConnect', () => report(null, socket));
    socket.on('error', (error) => report(error, null));
    socket.once('close', () => tunnel.destroy());
    tunnel.once('close', () => socket.destroy());
  }

  /** An address in the URL never comes to the look-up. */
  #isForbidden(address: string): boolean {
    return this.#options.addresses.publicAddressesOnly && !isPublicAddress(address);
  }

  #connectTls(target: DialTarget, tunnel: Socket | null = null): Socket {
    const servername = this.#options.tls.servername ?? target.servername ?? nameOf(target.hostname);
    const key = `${target.hostname}:${target.port} ${servername}`;
    const session = this.#tlsSessions.get(key);
    const socket = tls.connect({
      ...(tunnel === null ? this.#connectOptions(target, 443) : { socket: tunnel }),
      ...this.#options.tls,
      servername,
      ALPNProtocols: this.#options.allowH2 ? ['h2', 'http/1.1'] : ['http/1.1'],
      ...(session === undefined ? null : { session }),
    });
    socket.on('session', (fresh: Buffer) => this.#keepTlsSession(key, fresh));
    return socket;
  }

  #connectOptions(target: DialTarget, defaultPort: number): net.NetConnectOpts {
    const { socketPath, localAddress, autoSelectFamily, attemptTimeout, family } = this.#options;
    if (socketPath !== null) return { path: socketPath };
    return {
      host: target.hostname,
      port: target.port === '' ? defaultPort : Number(target.port),
      autoSelectFamily,
      lookup: this.#lookup,
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
