/** A server that sends back what it gets; prints `{ "port": … }` and ends when its standard input does. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

const server = createServer((socket) => {
  socket.setNoDelay();
  socket.on('error', () => {});
  socket.pipe(socket);
});
server.listen(0, '127.0.0.1', () => {
  const address: AddressInfo | string | null = server.address();
  console.log(JSON.stringify({ port: typeof address === 'object' ? address?.port : null }));
});
process.stdin.on('end', () => process.exit()).resume();
