/**
 * What stands in the place of pick.ts in a bundle for browsers (package.json, `browser`): there is no Node to look for, and
 * its host is left out.
 */
import type { Host, ProcessHost } from './host.ts';
import { WebHost, webProcessHost } from './web.ts';

/** A new host for one loop. */
export function pickHost(): Host {
  return new WebHost();
}

/** The page, as far as it is a process. */
export function pickProcessHost(): ProcessHost {
  return webProcessHost;
}
