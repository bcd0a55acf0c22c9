/** What the server of the long use answers: several sizes and kinds, some of which end their connection or never end. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

const blank = Buffer.alloc(300_000, 'x');
const zipped = gzipSync('a line that comes again\n'.repeat(400));

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const handlers: { readonly [path: string]: Handler } = {
  '/bytes': (request, response) => void response.end(blank.subarray(0, numberIn(request.url))),
  '/chunks': (request, response) => {
    response.write(blank.subarray(0, 100));
    response.end(blank.subarray(0, numberIn(request.url) - 100));
  },
  '/redirect': (_request, response) => void response.writeHead(302, { location: '/bytes/1000' }).end('elsewhere'),
  '/missing': (_request, response) => void response.writeHead(404).end('there is nothing'),
  '/gzip': (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(zipped),
  '/cookie': (request, response) => {
    const name = `c${numberIn(request.url)}`;
    response.writeHead(200, { 'set-cookie': `${name}=${'v'.repeat(20)}; Path=/cookie` }).end(name);
  },
  '/echo': (request, response) => void request.pipe(response),
  '/close': (_request, response) => void response.writeHead(200, { connection: 'close' }).end('the last'),
  '/cut': (request) => void request.socket.destroy(),
  '/half': (request, response) => {
    response.writeHead(200, { 'content-length': 1000 }).write('half');
    setTimeout(() => request.socket.destroy(), 2);
  },
  '/silent': () => undefined,
  '/stalled': (_request, response) => void response.writeHead(200, { 'content-length': 1_000_000 }).write('begun'),
};

/** Answers one request, by its path. */
export function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = /^\/\w+/u.exec(request.url ?? '')?.[0] ?? '';
  handlers[path]?.(request, response);
}

function numberIn(url: string | undefined): number {
  return Number(url?.split('/').at(-1));
}
