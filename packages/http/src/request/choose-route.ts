/** Which way a hop goes. */
import { InvalidOptionError } from '../errors.ts';
import type { PreparedRequest } from './prepare-request.ts';
import type { RequestUrl } from '../message/request-url.ts';
import type { Route } from '../connections/routes.ts';
import type { SessionCore } from './session-core.ts';

/** The way to `url`, null for the straight one: the proxy is chosen by the URL of the hop. */
export function chooseRoute(core: SessionCore, request: PreparedRequest, url: RequestUrl): Route | null {
  const { proxy: named, tls } = request;
  const proxy = named === undefined ? (core.environment?.proxyFor(url) ?? null) : named;
  if (proxy === null && tls === null) return null;
  if (proxy !== null && core.connector.publicAddressesOnly)
    throw new InvalidOptionError(
      'publicAddressesOnly and a proxy exclude each other: the proxy looks names up, and dials',
    );
  return { proxy, tls };
}
