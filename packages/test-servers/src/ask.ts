// What Node's own HTTP client makes of a server: the tests of this package ask with it, so that none of our clients
// vouches for servers that are to judge it.

import { request } from 'node:http';
import type { Agent, IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** How to ask. */
export interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: none, a connection for each request. */
  readonly agent?: Agent;
  /** Ends the request; `ask` then rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Reads nothing of an answer with Location, and closes its connection. Default: false. */
  readonly cutRedirects?: boolean;
}

/** An answer that was read to its end. */
export interface Asked {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * Sends one request, follows no redirect, and reads the answer to its end.
 *
 * @throws What Node's client makes of a bad one.
 */
export function ask(url: string, options: AskOptions = {}): Promise<Asked> {
  const { method = 'GET', headers = {}, agent = false, signal, cutRedirects = false } = options;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent, ...(signal === undefined ? {} : { signal }) });
    outgoing.once('response', (response) => {
      if (cutRedirects && response.headers.location !== undefined) response.destroy();
      else response.once('error', reject);
      collect(response, resolve);
    });
    outgoing.once('upgrade', (_response, socket) => {
      socket.destroy();
      reject(new Error('The server upgraded, which nobody asked for.'));
    });
    outgoing.on('error', reject).end();
  });
}

function collect(response: IncomingMessage, done: (answer: Asked) => void): void {
  const chunks: Buffer[] = [];
  const { headers, statusCode: status = 0 } = response;
  response.on('data', (chunk: Buffer) => chunks.push(chunk));
  response.once(response.destroyed ? 'close' : 'end', () => done({ status, headers, body: Buffer.concat(chunks) }));
}
