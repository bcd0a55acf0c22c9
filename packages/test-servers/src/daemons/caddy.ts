import { startDaemon, type Daemon, type DaemonPlace } from './start-daemon.ts';

/** How a Caddy is set up. */
export interface CaddyOptions {
  readonly program: string;
  readonly ports: number;
  /** Its Caddyfile, below the global options. */
  readonly sites: (place: DaemonPlace) => string;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

/** Starts a Caddy, with no administration and no certificates of its own making. */
export function startCaddy({ program, ports, sites, files = {} }: CaddyOptions): Promise<Daemon> {
  return startDaemon({
    program: '/usr/bin/env',
    ports,
    // It keeps its state below its home.
    arguments: ({ folder }) => [
      `HOME=${folder}`,
      `XDG_DATA_HOME=${folder}/data`,
      `XDG_CONFIG_HOME=${folder}/config`,
      program,
      'run',
      '--config',
      `${folder}/Caddyfile`,
      '--adapter',
      'caddyfile',
    ],
    files: (place) => ({
      ...files,
      Caddyfile: `{
  admin off
  auto_https off
  default_bind 127.0.0.1
  log {
    level ERROR
  }
}
${sites(place)}
`,
    }),
  });
}
