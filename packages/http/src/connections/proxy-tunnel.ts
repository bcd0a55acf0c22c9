/** A tunnel through a proxy: CONNECT and its answer, before a byte of TLS. */
import type { Socket } from 'node:net';
import { fixedBounds } from '../bounds.ts';
import type { ProxyServer } from './proxy.ts';

/** The proxy could not be reached, or said no; `status` is 0 where it did not come to an answer. */
export class ProxyFailure extends Error {
  readonly host: string;
  readonly port: number;
  readonly status: number;
  readonly reason: string;

  constructor(
    proxy: ProxyServer,
    message: string,
    options: { status?: number; reason?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.host = proxy.hostname;
    this.port = proxy.port;
    this.status = options.status ?? 0;
    this.reason = options.reason ?? '';
  }
}

/** Asks the proxy at the other end of `socket` for a tunnel to `authority`; `done` is called once. */
export function openTunnel(
  socket: Socket,
  proxy: ProxyServer,
  authority: string,
  done: (failure: ProxyFailure | null) => void,
): void {
  let head = '';
  const finish = (failure: ProxyFailure | null): void => {
    socket.off('data', onData).off('close', onClose);
    socket.pause();
    done(failure);
  };
  const onClose = (): void => finish(new ProxyFailure(proxy, 'it ended the connection before it had answered'));
  const onData = (chunk: Buffer): void => {
    head += chunk.toString('latin1');
    if (head.includes('\r\n\r\n')) finish(judge(head, proxy));
    else if (head.length > fixedBounds.proxyHeadBytes)
      finish(new ProxyFailure(proxy, `its answer is longer than ${fixedBounds.proxyHeadBytes} bytes`));
  };
  socket.on('data', onData).on('close', onClose);
  const fields = proxy.fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\n${fields}\r\n`, 'latin1');
}

function judge(head: string, proxy: ProxyServer): ProxyFailure | null {
  const [, digits, reason = ''] = /^HTTP\/1\.[01] (\d{3})(?: ([^\r\n]*))?\r\n/u.exec(head) ?? [];
  if (digits === undefined) return new ProxyFailure(proxy, 'its answer is no HTTP');
  const status = Number(digits);
  if (status < 200 || status > 299)
    return new ProxyFailure(proxy, `it answered ${status}${reason === '' ? '' : ` ${reason}`}`, { status, reason });
  // The server speaks after the client has: what came with the answer came from the proxy.
  return head.endsWith('\r\n\r\n') && head.indexOf('\r\n\r\n') === head.length - 4
    ? null
    : new ProxyFailure(proxy, 'it sent more than its answer');
}
