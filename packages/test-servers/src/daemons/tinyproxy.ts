import { startDaemon, type Daemon } from './start-daemon.ts';

/** How a Tinyproxy is set up. */
export interface TinyproxyOptions {
  readonly program: string;
  /** Lines of its configuration. */
  readonly configuration?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
}

/** Starts a Tinyproxy on one port. */
export function startTinyproxy({ program, configuration = [], files = {} }: TinyproxyOptions): Promise<Daemon> {
  return startDaemon({
    program,
    ports: 1,
    arguments: ({ folder }) => ['-d', '-c', `${folder}/tinyproxy.conf`],
    files: ({ ports: [port = 0] }) => ({
      ...files,
      'tinyproxy.conf': `${[`Port ${port}`, 'Listen 127.0.0.1', 'LogLevel Critical', ...configuration].join('\n')}\n`,
    }),
  });
}
