/** Which way a hop goes. */
import { InvalidOptionError } from '../errors/index.ts';
import type { PreparedRequest } from './prepare-request.ts';
import type { RequestUrl } from '../message/request-url.ts';
import type { Route } from '../connections/routes.ts';
import type { SessionCore } from './session-core.ts';

/** The way to `url`, null for the straight one: the proxy is chosen by the URL of the hop. */
export function chooseRoute(core: SessionCore, request: PreparedRequest, url: RequestUrl): Route | null {
  const { proxy: named, tls, serverHostname } = request;
  const proxy = named === undefined ? (core.environment?.proxyFor(url) ?? null) : named;
  if (proxy === null && tls === null && serverHostname === null) return null;
  // A SOCKS proxy that is given addresses connects to what was looked at here.
  const looksUp = proxy !== null && (proxy.socks === null || proxy.socks.remoteNames);
  if (looksUp && core.connector.publicAddressesOnly)
    throw new InvalidOptionError(
      'publicAddressesOnly and a proxy exclude each other: the proxy looks names up, and dials',
    );
  return { proxy, tls, serverHostname };
}
