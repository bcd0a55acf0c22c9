/**
 * The origin of `loop-vs-threads`, in a process of its own: answers every request with 1 KiB after 10 ms. Prints
 * `{ "port": … }` when it listens, and ends when its standard input does.
 */
import { createServer } from 'node:http';

const latencyMs = 10;
const body = Buffer.alloc(1_024, 'x');

const server = createServer({ keepAliveTimeout: 60_000 }, (_request, response) => {
  setTimeout(() => {
    response.writeHead(200, { 'content-length': body.length, 'content-type': 'application/octet-stream' });
    response.end(body);
  }, latencyMs);
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 2_048 }, () => {
  const address = server.address();
  if (typeof address === 'object') console.log(JSON.stringify({ port: address?.port }));
});

process.stdin.resume();
process.stdin.once('end', () => {
  server.closeAllConnections();
  server.close();
});
