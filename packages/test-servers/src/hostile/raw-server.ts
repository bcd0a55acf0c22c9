import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { ConditionWaiters } from '../condition-waiters.ts';
import { listen, stopListening } from '../listen.ts';
import { OpenSockets } from '../open-sockets.ts';
import { Exchange } from './exchange.ts';
import type { HostileRequest } from './exchange.ts';
import { RequestReader } from './request-reader.ts';
import type { RequestHead } from './request-reader.ts';

/** Plays one request. The next one of the same connection is read when this is over. */
export type Answerer = (exchange: Exchange) => void | Promise<void>;

/** A server on bare sockets: reads requests, one after the other, and hands each to an {@link Answerer}. */
export class RawServer {
  url = '';
  readonly requests: HostileRequest[] = [];
  readonly sockets: OpenSockets = new OpenSockets();
  readonly #attempts = new Map<string, number>();
  readonly #answer: Answerer;
  readonly #waiters: ConditionWaiters;
  readonly #server: Server;
  #otherUrl: () => string = () => '';

  constructor(answer: Answerer, waiters: ConditionWaiters) {
    this.#answer = answer;
    this.#waiters = waiters;
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  async start(otherUrl: () => string): Promise<void> {
    this.#otherUrl = otherUrl;
    this.url = `http://127.0.0.1:${await listen(this.#server)}`;
  }

  async close(): Promise<void> {
    const stopped = stopListening(this.#server);
    this.sockets.destroyAll();
    await stopped;
  }

  #accept(socket: Socket): void {
    const connection = this.sockets.track(socket, () => this.#waiters.notice());
    this.#waiters.notice();
    // Clients of a hostile server hang up at any moment: that is no news here.
    socket.on('error', () => socket.destroy());
    const reader = new RequestReader();
    const playAll = this.#player(socket, connection, reader);
    socket.on('data', (chunk: Buffer) => {
      if (reader.push(chunk)) void playAll();
      else socket.destroy();
    });
  }

  /** Plays the requests that `reader` has in full; a call while one is being played leaves the rest to that. */
  #player(socket: Socket, connection: number, reader: RequestReader): () => Promise<void> {
    let onConnection = 0;
    let playing = false;
    return async () => {
      if (playing) return;
      playing = true;
      for (let head = reader.next(); head !== null && socket.writable; head = reader.next()) {
        const request = this.#record(head, connection, ++onConnection);
        await this.#answer(new Exchange(socket, reader, request, [this.url, this.#otherUrl()]));
      }
      playing = false;
    };
  }

  #record(
    { method, target, headers, rawHeaders }: RequestHead,
    connection: number,
    onConnection: number,
  ): HostileRequest {
    const attempt = (this.#attempts.get(target) ?? 0) + 1;
    this.#attempts.set(target, attempt);
    const name = /^\/([^/?]*)/.exec(target)?.[1] ?? '';
    const request = { method, target, name, headers, rawHeaders, connection, onConnection, attempt };
    this.requests.push(request);
    return request;
  }
}
