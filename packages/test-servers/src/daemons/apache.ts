import { startDaemon, type Daemon, type DaemonPlace } from './start-daemon.ts';

/** How an Apache is set up. */
export interface ApacheOptions {
  readonly program: string;
  readonly ports: number;
  /** Beside those that every set-up needs: `headers`, `auth_digest`. */
  readonly modules: readonly string[];
  /** The rest of its configuration: `Listen`, hosts, folders. */
  readonly configuration: (place: DaemonPlace) => string;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

const moduleFolder = '/usr/lib/apache2/modules';
const usualModules = ['mpm_event', 'authz_core', 'dir', 'mime', 'alias', 'headers'];

/** Starts an Apache. `signal('SIGUSR1')` makes it begin anew and lose no request. */
export function startApache(options: ApacheOptions): Promise<Daemon> {
  const { program, ports, modules, configuration, files = {} } = options;
  return startDaemon({
    program,
    ports,
    arguments: ({ folder }) => ['-d', folder, '-f', `${folder}/apache.conf`, '-DFOREGROUND'],
    files: (place) => ({
      ...files,
      'run/.keep': '',
      'apache.conf': base(place.folder, modules) + configuration(place),
    }),
  });
}

function base(folder: string, modules: readonly string[]): string {
  const loads = [...usualModules, ...modules].map((name) => `LoadModule ${name}_module ${moduleFolder}/mod_${name}.so`);
  return `
ServerRoot ${folder}
DefaultRuntimeDir ${folder}/run
PidFile ${folder}/run/apache.pid
ErrorLog /dev/stderr
LogLevel error
ServerName localhost
StartServers 1
ServerLimit 4
ThreadsPerChild 25
MinSpareThreads 1
MaxSpareThreads 75
GracefulShutdownTimeout 3
${loads.join('\n')}
TypesConfig /etc/mime.types
`;
}
