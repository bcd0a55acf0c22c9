/** What is known of a connection once it is made (aiohttp's `response.connection`). */
import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** The TLS of a connection. */
export interface TlsInfo {
  /** `TLSv1.3` or `TLSv1.2`. */
  readonly version: string | null;
  readonly cipher: string;
  /** False where the certificate would not be trusted, and nobody insisted. */
  readonly authorized: boolean;
  readonly certificate: X509Certificate | null;
}

/** A connection; over a proxy the one to the proxy. Addresses are null for a Unix socket. */
export interface ConnectionInfo {
  readonly localAddress: string | null;
  readonly localPort: number | null;
  readonly remoteAddress: string | null;
  readonly remotePort: number | null;
  /** Null without TLS to the server. */
  readonly tls: TlsInfo | null;
}

/** Asked while the connection is there: afterwards the platform no longer knows. */
export function readConnection(socket: Socket): ConnectionInfo {
  return {
    localAddress: socket.localAddress ?? null,
    localPort: socket.localPort ?? null,
    remoteAddress: socket.remoteAddress ?? null,
    remotePort: socket.remotePort ?? null,
    tls: socket instanceof TLSSocket ? readTls(socket) : null,
  };
}

function readTls(socket: TLSSocket): TlsInfo {
  return {
    version: socket.getProtocol(),
    cipher: socket.getCipher().name,
    authorized: socket.authorized,
    certificate: socket.getPeerX509Certificate() ?? null,
  };
}
