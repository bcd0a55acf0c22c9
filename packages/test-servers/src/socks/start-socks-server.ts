/** A SOCKS5 proxy (RFC 1928, RFC 1929) that writes down what it is asked, and misbehaves where it is told to. */
import { connect, createServer, type Socket } from 'node:net';
import { ConditionWaiters } from '../condition-waiters.ts';
import { listen, stopListening } from '../listen.ts';
import { OpenSockets } from '../open-sockets.ts';

/** What the proxy waits for when it says something, or does not. */
export type SocksStage = 'greeting' | 'login' | 'request';

/** How the proxy behaves. */
export interface SocksServerOptions {
  /** Who may use it; anybody without. */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** What it says at a stage in place of the right answer; nothing at all for an empty list. */
  readonly instead?: { readonly stage: SocksStage; readonly bytes: readonly number[]; readonly end?: boolean };
  /** Where it connects to, whatever it is asked. */
  readonly to?: { readonly host: string; readonly port: number };
}

/** A target that the proxy was asked for. */
export interface SocksRequest {
  readonly kind: 'name' | 'ipv4' | 'ipv6';
  readonly host: string;
  readonly port: number;
}

/** A running proxy. */
export interface SocksServer extends AsyncDisposable {
  readonly port: number;
  /** Host and port, without a scheme. */
  readonly authority: string;
  readonly asked: readonly SocksRequest[];
  /** Open connections of clients. */
  readonly connections: number;
  /** Stages that clients have come to. */
  readonly stages: readonly SocksStage[];
  waitForConnections(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts one. */
export async function startSocksServer(options: SocksServerOptions = {}): Promise<SocksServer> {
  const sockets = new OpenSockets();
  const waiters = new ConditionWaiters();
  const asked: SocksRequest[] = [];
  const stages: SocksStage[] = [];
  const server = createServer((socket) => {
    sockets.track(socket, () => waiters.notice());
    waiters.notice();
    socket.on('error', () => undefined);
    serve(socket, options, stages, asked);
  });
  const port = await listen(server);
  const close = async (): Promise<void> => {
    sockets.destroyAll();
    await stopListening(server);
  };
  return {
    port,
    authority: `127.0.0.1:${port}`,
    asked,
    stages,
    get connections() {
      return sockets.size;
    },
    waitForConnections: (count) => waiters.until(`${count} connections`, () => sockets.size === count),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** One client: stage after stage, then bytes both ways. */
function serve(socket: Socket, options: SocksServerOptions, stages: SocksStage[], asked: SocksRequest[]): void {
  let stage: SocksStage = 'greeting';
  let held: Buffer = Buffer.alloc(0);
  const say = (right: readonly number[]): boolean => {
    stages.push(stage);
    const wrong = options.instead?.stage === stage ? options.instead : null;
    const bytes = Buffer.from(wrong?.bytes ?? right);
    if (wrong?.end === true) socket.end(bytes);
    else if (bytes.length > 0) socket.write(bytes);
    return wrong === null;
  };
  const onData = (chunk: Buffer): void => {
    held = Buffer.concat([held, chunk]);
    if (stage === 'greeting' && held.length >= 2 && held.length >= 2 + held.readUInt8(1)) {
      const wanted = options.credentials === undefined ? 0 : 2;
      const offered = held.subarray(2).includes(wanted);
      held = Buffer.alloc(0);
      if (!say([5, offered ? wanted : 255]) || !offered) return;
      stage = wanted === 2 ? 'login' : 'request';
    } else if (stage === 'login' && isWholeLogin(held)) {
      const right = checkLogin(held, options);
      held = Buffer.alloc(0);
      if (!say([1, right ? 0 : 1]) || !right) return;
      stage = 'request';
    } else if (stage === 'request') {
      const request = readRequest(held);
      if (request === null) return;
      asked.push(request);
      socket.off('data', onData);
      if (options.instead?.stage === 'request') return void say([]);
      join(socket, options.to ?? request);
    }
  };
  socket.on('data', onData);
}

function join(socket: Socket, { host, port }: { readonly host: string; readonly port: number }): void {
  const onward = connect(port, host, () => {
    socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
    socket.pipe(onward).pipe(socket);
  });
  onward.on('error', () => socket.end(Buffer.from([5, 5, 0, 1, 0, 0, 0, 0, 0, 0])));
  socket.on('close', () => onward.destroy());
}

function isWholeLogin(bytes: Buffer): boolean {
  const name = bytes.length > 1 ? bytes.readUInt8(1) : Infinity;
  return bytes.length > 2 + name && bytes.length >= 3 + name + bytes.readUInt8(2 + name);
}

function checkLogin(bytes: Buffer, { credentials }: SocksServerOptions): boolean {
  const name = bytes.readUInt8(1);
  const username = bytes.subarray(2, 2 + name).toString();
  const password = bytes.subarray(3 + name).toString();
  return username === credentials?.username && password === credentials.password;
}

function readRequest(bytes: Buffer): SocksRequest | null {
  if (bytes.length < 5) return null;
  const type = bytes.readUInt8(3);
  const size = type === 1 ? 4 : type === 4 ? 16 : bytes.readUInt8(4);
  const begin = type === 3 ? 5 : 4;
  if (bytes.length < begin + size + 2) return null;
  const raw = bytes.subarray(begin, begin + size);
  const port = bytes.readUInt16BE(begin + size);
  if (type === 3) return { kind: 'name', host: raw.toString(), port };
  if (type === 1) return { kind: 'ipv4', host: [...raw].join('.'), port };
  const groups = Array.from({ length: 8 }, (_, at) => raw.readUInt16BE(at * 2).toString(16));
  return { kind: 'ipv6', host: new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1), port };
}
