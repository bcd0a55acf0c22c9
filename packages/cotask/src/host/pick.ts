/** The one place that decides which platform this is. */
import type { Host, ProcessHost } from './host.ts';
import { NodeHost, hasNodeHost, nodeProcessHost } from './node.ts';
import { WebHost, webProcessHost } from './web.ts';

/** A new host for one loop. */
export function pickHost(): Host {
  return hasNodeHost() ? new NodeHost() : new WebHost();
}

/** The process that the program runs in. */
export function pickProcessHost(): ProcessHost {
  return hasNodeHost() ? nodeProcessHost : webProcessHost;
}
