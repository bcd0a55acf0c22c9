import { startDaemon, type Daemon, type DaemonPlace } from './start-daemon.ts';

/** How an HAProxy is set up. */
export interface HaproxyOptions {
  readonly program: string;
  readonly ports: number;
  readonly sockets?: readonly string[];
  /** What comes after its `global` section. */
  readonly configuration: (place: DaemonPlace) => string;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

/** Starts an HAProxy, a master and one worker. `signal('SIGUSR2')` makes it begin anew with another worker. */
export function startHaproxy(options: HaproxyOptions): Promise<Daemon> {
  const { program, ports, sockets = [], configuration, files = {} } = options;
  return startDaemon({
    program,
    ports,
    sockets,
    arguments: ({ folder }) => ['-W', '-q', '-f', `${folder}/haproxy.cfg`],
    files: (place) => ({ ...files, 'haproxy.cfg': base(place.folder) + configuration(place) }),
  });
}

/** With its own socket, a new worker takes over the ports from the old one, and no connection is refused. */
function base(folder: string): string {
  return `
global
  nbthread 1
  maxconn 1000
  hard-stop-after 3s
  stats socket ${folder}/control level admin expose-fd listeners
`;
}
