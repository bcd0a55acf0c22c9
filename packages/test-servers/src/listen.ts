import type { Server } from 'node:net';

/**
 * Binds `server` and gives the port it got.
 *
 * @throws The error of `listen` (an address in use, a port out of range), after which the server holds nothing.
 */
export function listen(server: Server, port = 0, host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(portOf(server));
    });
  });
}

/**
 * Stops listening. Node resolves this a little before the connections that were destroyed emit `close`: wait for those
 * too.
 */
export function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server is not bound to a TCP port.');
  return address.port;
}
