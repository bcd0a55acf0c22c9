import { startDaemon, type Daemon, type DaemonPlace } from './start-daemon.ts';

/** How an nginx is set up. */
export interface NginxOptions {
  readonly program: string;
  readonly ports: number;
  readonly sockets?: readonly string[];
  /** What stands in its `http` block: its servers. */
  readonly http: (place: DaemonPlace) => string;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

const temporaryFolders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** Starts an nginx with one worker. `signal('SIGHUP')` makes it begin anew with another, and lose no request. */
export function startNginx({ program, ports, sockets = [], http, files = {} }: NginxOptions): Promise<Daemon> {
  return startDaemon({
    program,
    ports,
    sockets,
    arguments: ({ folder }) => ['-p', folder, '-c', `${folder}/nginx.conf`, '-e', 'stderr'],
    files: (place) => ({ ...files, 'nginx.conf': configuration(place.folder, http(place)) }),
  });
}

function configuration(folder: string, http: string): string {
  return `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr error;
events { worker_connections 1024; }
http {
${temporaryFolders.map((name) => `  ${name}_temp_path ${folder}/${name};`).join('\n')}
  access_log off;
  ${http}
}
`;
}
