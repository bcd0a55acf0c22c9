/** A server that speaks HTTP/2 over plain TCP, in whatever way its player plays. */
import { createServer, type Server } from 'node:net';
import { listen, stopListening } from '../listen.ts';
import { OpenSockets } from '../open-sockets.ts';
import { Http2Wire, type WirePlayer } from './http2-wire.ts';

/** A running one. */
export interface Http2WireServer extends AsyncDisposable {
  readonly url: string;
  /** Every connection that was made. */
  readonly wires: readonly Http2Wire[];
  /** Connections that are open. */
  readonly connections: number;
  close(): Promise<void>;
}

/** Starts one on a free port. */
export async function startHttp2Wire(player: WirePlayer): Promise<Http2WireServer> {
  const sockets = new OpenSockets();
  const wires: Http2Wire[] = [];
  const server: Server = createServer({ noDelay: true }, (socket) => {
    sockets.track(socket, () => undefined);
    wires.push(new Http2Wire(socket, wires.length + 1, player));
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  const close = async (): Promise<void> => {
    const stopped = stopListening(server);
    sockets.destroyAll();
    await stopped;
  };
  return {
    url,
    wires,
    get connections() {
      return sockets.size;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
