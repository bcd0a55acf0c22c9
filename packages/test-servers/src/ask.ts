// What Node's own HTTP client makes of a server: the tests of this package ask with it, so that none of our clients vouches for servers
// that are to judge it.

import { request } from 'node:http';
import type { Agent, IncomingHttpHeaders } from 'node:http';

/** How to ask. */
export interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: none, a connection for each request. */
  readonly agent?: Agent;
  /** Ends the request; `ask` then rejects with its reason. */
  readonly signal?: AbortSignal;
}

/** An answer that was read to its end. */
export interface Asked {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends one request, follows no redirect, and reads the answer to its end. @throws What Node's client makes of a bad one. */
export function ask(url: string, options: AskOptions = {}): Promise<Asked> {
  const { method = 'GET', headers = {}, agent = false, signal } = options;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method, headers, agent, ...(signal === undefined ? {} : { signal }) },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
        });
      },
    );
    outgoing.once('upgrade', (_response, socket) => {
      socket.destroy();
      reject(new Error('The server upgraded, which nobody asked for.'));
    });
    outgoing.on('error', reject).end();
  });
}
