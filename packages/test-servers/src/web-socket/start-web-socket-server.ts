/** A WebSocket server of few words (RFC 6455), for what a well-behaved one never does: its handler writes every frame. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { ConditionWaiters } from '../condition-waiters.ts';
import { listen, stopListening } from '../listen.ts';
import { OpenSockets } from '../open-sockets.ts';

/** The kinds of frames that the handlers use. */
export const frameKinds = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A frame as it came, unmasked. */
export interface WebSocketFrame {
  readonly kind: number;
  readonly payload: Buffer;
}

/** The client, as a handler sees it. */
export interface WebSocketPeer {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** Writes a frame; `more` leaves the message open. */
  write(kind: number, payload: string | Uint8Array, more?: boolean): boolean;
  /** Calls back for each frame. Nothing is answered by itself. */
  onFrame(call: (frame: WebSocketFrame) => void): void;
}

/** A running server. */
export interface WebSocketServer extends AsyncDisposable {
  /** `ws://127.0.0.1:43211`, no trailing slash. */
  readonly url: string;
  /** Open connections. */
  readonly connections: number;
  /** Resolves when so many are open. */
  waitForConnections(count: number): Promise<void>;
  close(): Promise<void>;
}

const acceptSuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/**
 * Starts one; `play` is called for each client. A request that is no upgrade is answered 426, one that `refuse` has lines for
 * with those.
 */
export async function startWebSocketServer(
  play: (peer: WebSocketPeer) => void,
  head: (accept: string) => readonly string[] = (accept) => [`sec-websocket-accept: ${accept}`],
  refuse: (request: IncomingMessage) => readonly string[] | null = () => null,
): Promise<WebSocketServer> {
  const server = createServer((_request, response) => void response.writeHead(426).end());
  const sockets = new OpenSockets();
  const waiters = new ConditionWaiters();
  server.on('connection', (socket) => {
    sockets.track(socket, () => waiters.notice());
    waiters.notice();
  });
  server.on('upgrade', (request, socket) => {
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${acceptSuffix}`).digest('base64');
    const lines = ['HTTP/1.1 101 Switching Protocols', 'upgrade: websocket', 'connection: Upgrade', ...head(accept)];
    socket.on('error', () => undefined);
    const refusal = refuse(request);
    if (refusal !== null) return void socket.end(`${refusal.join('\r\n')}\r\n\r\n`);
    // Node leaves an upgraded socket half open, and hears of its end only where it is read.
    socket.on('end', () => socket.end()).resume();
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    play(makePeer(request, socket));
  });
  const port = await listen(server);
  const close = async (): Promise<void> => {
    sockets.destroyAll();
    await stopListening(server);
  };
  return {
    url: `ws://127.0.0.1:${port}`,
    get connections() {
      return sockets.size;
    },
    waitForConnections: (count) => waiters.until(`${count} connections`, () => sockets.size === count),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function makePeer(request: IncomingMessage, socket: Duplex): WebSocketPeer {
  return {
    request,
    socket,
    write: (kind, payload, more = false) => socket.write(encodeFrame(kind, Buffer.from(payload), more)),
    onFrame(call) {
      let held: Buffer = Buffer.alloc(0);
      socket.on('data', (chunk: Buffer) => {
        held = Buffer.concat([held, chunk]);
        for (let read = decodeFrame(held); read !== null; read = decodeFrame(held)) {
          held = held.subarray(read.length);
          call(read.frame);
        }
      });
    },
  };
}

/** A frame as servers send it: not masked. */
function encodeFrame(kind: number, payload: Buffer, more: boolean): Buffer {
  const head = Buffer.alloc(10);
  head[0] = (more ? 0 : 0x80) | kind;
  if (payload.length < 126) head[1] = payload.length;
  else if (payload.length < 65_536) {
    head[1] = 126;
    head.writeUInt16BE(payload.length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(payload.length), 2);
  }
  const size = payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10;
  return Buffer.concat([head.subarray(0, size), payload]);
}

/** The first frame in `bytes`, as clients send it: masked; null while it is not whole. */
function decodeFrame(bytes: Buffer): { frame: WebSocketFrame; length: number } | null {
  if (bytes.length < 2) return null;
  const short = bytes.readUInt8(1) & 0x7f;
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
  if (bytes.length < 2 + extra + 4) return null;
  const size = extra === 0 ? short : extra === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const begin = 2 + extra + 4;
  if (bytes.length < begin + size) return null;
  const mask = bytes.subarray(begin - 4, begin);
  const payload = Buffer.from(bytes.subarray(begin, begin + size));
  for (let at = 0; at < size; at++) payload.writeUInt8(payload.readUInt8(at) ^ mask.readUInt8(at % 4), at);
  return { frame: { kind: bytes.readUInt8(0) & 0x0f, payload }, length: begin + size };
}
