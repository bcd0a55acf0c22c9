/** An nginx of our own: its configuration, its folder, its port, one worker. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { whenEnded } from './ending.ts';

const startsWithinMs = 5_000;
const pollMs = 20;

/** Serves a folder on the loopback interface until it is disposed of. */
export class Nginx implements AsyncDisposable {
  readonly origin: string;
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #forget: () => void;

  private constructor(origin: string, running: ChildProcess, ended: Promise<unknown>) {
    this.origin = origin;
    this.#process = running;
    this.#ended = ended;
    this.#forget = whenEnded(() => void running.kill());
  }

  /** @throws when it does not answer within five seconds. */
  static async start(program: string, workFolder: string, root: string): Promise<Nginx> {
    const port = await freePort();
    mkdirSync(workFolder, { recursive: true });
    const file = join(workFolder, 'nginx.conf');
    writeFileSync(file, configuration(workFolder, root, port));
    const running = spawn(program, ['-p', workFolder, '-c', file], { stdio: ['ignore', 'ignore', 'inherit'] });
    const nginx = new Nginx(`http://127.0.0.1:${port}`, running, once(running, 'close'));
    await nginx.#untilItListens(port);
    return nginx;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill();
    await this.#ended;
    this.#forget();
  }

  async #untilItListens(port: number): Promise<void> {
    for (let waited = 0; waited < startsWithinMs; waited += pollMs) {
      if (this.#process.exitCode !== null) throw new Error(`nginx ended with ${this.#process.exitCode}`);
      if (await listens(port)) return;
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
    await this[Symbol.asyncDispose]();
    throw new Error(`nginx did not listen within ${startsWithinMs} ms`);
  }
}

/** Root's nginx would give its worker to a user who may not read the folder. */
function configuration(workFolder: string, root: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid ${workFolder}/nginx.pid;
error_log stderr error;
events { worker_connections 4096; }
http {
${temporary.map((name) => `  ${name}_temp_path ${workFolder}/${name};`).join('\n')}
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    root ${root};
  }
}
`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return address.port;
}

function listens(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      answer(true);
    });
    socket.once('error', () => answer(false));
  });
}
