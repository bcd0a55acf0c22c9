import { startDaemon, type Daemon, type DaemonPlace } from './start-daemon.ts';

/** How a Squid is set up. */
export interface SquidOptions {
  readonly program: string;
  readonly ports: number;
  /** The rest of its configuration: `http_port`, access rules. */
  readonly configuration: (place: DaemonPlace) => string;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

/** Starts a Squid in one process, without a cache on the disk. */
export function startSquid({ program, ports, configuration, files = {} }: SquidOptions): Promise<Daemon> {
  return startDaemon({
    program,
    ports,
    // Its name keeps it apart from other Squids, which share memory by it.
    arguments: ({ folder, ports: [port = 0] }) => ['-N', '-n', `cotask${port}`, '-f', `${folder}/squid.conf`],
    files: (place) => ({ ...files, 'squid.conf': base(place.folder) + configuration(place) }),
  });
}

function base(folder: string): string {
  return `
pid_filename ${folder}/squid.pid
coredump_dir ${folder}
cache_log /dev/stderr
access_log none
cache deny all
cache_mem 1 MB
max_filedescriptors 1024
pinger_enable off
shutdown_lifetime 0 seconds
dns_nameservers 127.0.0.1
dns_timeout 1 second
visible_hostname squid.test
`;
}
