/**
 * A way through a SOCKS5 proxy (RFC 1928, RFC 1929): what is said before a byte of HTTP or TLS. Every answer has a length
 * that the protocol bounds, and whoever gives the connection up destroys the socket.
 */
import net, { type Socket } from 'node:net';
import type { ProxyServer } from './proxy.ts';
import { ProxyFailure } from './proxy-tunnel.ts';

/** What a SOCKS proxy is told of us. */
export interface SocksProxy {
  /** True has the proxy look names up (`socks5h:`). */
  readonly remoteNames: boolean;
  /** Null offers none. */
  readonly credentials: { readonly username: string; readonly password: string } | null;
}

/** Where the proxy is to connect to: an IP address, or a name that it looks up. */
export interface SocksTarget {
  readonly host: string;
  readonly port: number;
}

const version = 5;
const noCredentials = 0;
const byPassword = 2;
const replies = [
  'done',
  'it failed',
  'its rules do not allow it',
  'the network is not reachable',
  'the host is not reachable',
  'the connection was refused',
  'the time to live expired',
  'it does not know the command',
  'it does not know this kind of address',
];

/** One answer: how long it is, once enough of it is there to say; and what it means. */
interface Answer {
  /** Bytes, or null where more must come first. */
  length(got: Buffer): number | null;
  /** What to say next, null when all is said. @throws {ProxyFailure} for a no. */
  read(got: Buffer): Buffer | null;
}

/** Talks to the proxy at the other end of `socket` until it has connected to `target`; `done` is called once. */
export function openSocks(
  socket: Socket,
  proxy: ProxyServer,
  socks: SocksProxy,
  target: SocksTarget,
  done: (failure: ProxyFailure | null) => void,
): void {
  const fail = (words: string): never => {
    throw new ProxyFailure(proxy, words);
  };
  const connect = { length: replyLength, read: (got: Buffer) => readReply(got, fail) };
  const login = { length: () => 2, read: (got: Buffer) => (got[1] === 0 ? ask() : fail('it refuses the credentials')) };
  const greeting = { length: () => 2, read: (got: Buffer) => readMethod(got) };
  let expected: Answer = greeting;
  let held: Buffer = Buffer.alloc(0);
  const ask = (): Buffer => {
    expected = connect;
    return connectRequest(target);
  };
  const readMethod = (got: Buffer): Buffer => {
    if (got[0] !== version) return fail('its answer is no SOCKS5');
    if (got[1] === noCredentials) return ask();
    if (got[1] !== byPassword || socks.credentials === null) return fail('it accepts none of the ways to log in');
    expected = login;
    return loginRequest(socks.credentials);
  };
  const finish = (failure: ProxyFailure | null): void => {
    socket.off('data', onData).off('close', onClose);
    socket.pause();
    done(failure);
  };
  const onClose = (): void => finish(new ProxyFailure(proxy, 'it ended the connection before it had answered'));
  const onData = (chunk: Buffer): void => {
    held = Buffer.concat([held, chunk]);
    try {
      const length = expected.length(held);
      if (length === null || held.byteLength < length) return;
      // It speaks when it is spoken to: what came with an answer came from nobody we know.
      if (held.byteLength > length) fail('it sent more than its answer');
      const next = expected.read(held);
      held = Buffer.alloc(0);
      if (next === null) finish(null);
      else socket.write(next);
    } catch (error) {
      if (!(error instanceof ProxyFailure)) throw error;
      finish(error);
    }
  };
  socket.on('data', onData).on('close', onClose);
  const methods = socks.credentials === null ? [noCredentials] : [noCredentials, byPassword];
  socket.write(Buffer.from([version, methods.length, ...methods]));
}

function loginRequest({ username, password }: { username: string; password: string }): Buffer {
  return Buffer.concat([Buffer.of(1), counted(username), counted(password)]);
}

function counted(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  return Buffer.concat([Buffer.of(bytes.byteLength), bytes]);
}

function connectRequest({ host, port }: SocksTarget): Buffer {
  return Buffer.concat([Buffer.of(version, 1, 0), addressOf(host), Buffer.of(port >> 8, port & 255)]);
}

function addressOf(host: string): Buffer {
  const bare = host.replace(/^\[|\]$/gu, '');
  const family = net.isIP(bare);
  if (family === 0) return Buffer.concat([Buffer.of(3), counted(bare)]);
  if (family === 4) return Buffer.from([1, ...bare.split('.').map(Number)]);
  return Buffer.from([4, ...ipv6Bytes(bare)]);
}

/** The sixteen bytes; a URL writes every address in one way. */
function ipv6Bytes(address: string): number[] {
  const [left = '', right] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const bytesOf = (part: string): number[] =>
    part === ''
      ? []
      : part.split(':').flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]);
  const head = bytesOf(left);
  const tail = bytesOf(right ?? '');
  return [...head, ...Array.from({ length: 16 - head.length - tail.length }, () => 0), ...tail];
}

/** The answer ends with the address that the proxy connects from. */
function replyLength(got: Buffer): number | null {
  const [, status, , kind, size] = got;
  if (status !== undefined && status !== 0) return got.byteLength;
  if (kind === 1) return 10;
  if (kind === 4) return 22;
  if (kind === 3) return size === undefined ? null : 7 + size;
  return kind === undefined ? null : got.byteLength;
}

function readReply(got: Buffer, fail: (words: string) => never): null {
  const [given, status = 1, , kind = 0] = got;
  if (given !== version) return fail('its answer is no SOCKS5');
  if (status !== 0) return fail(`${replies[status] ?? `it answered ${status}`} (SOCKS reply ${status})`);
  return [1, 3, 4].includes(kind) ? null : fail('its answer is no SOCKS5');
}
