/** The floor of what undici can do: `dispatch` with a handler that counts the bytes and keeps none. */
import { Agent } from 'undici';
import type { Dispatcher } from 'undici';
import type { Client, Job } from './job.ts';

class CountingHandler implements Dispatcher.DispatchHandler {
  readonly #done: (bytes: number, error: Error | null) => void;
  #bytes = 0;

  constructor(done: (bytes: number, error: Error | null) => void) {
    this.#done = done;
  }

  onRequestStart(): void {}

  onResponseStart(): void {}

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    this.#bytes += chunk.length;
  }

  onResponseEnd(): void {
    this.#done(this.#bytes, null);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#done(this.#bytes, error);
  }
}

export function openClient(atOnce: number): Client {
  const agent = new Agent({ connections: atOnce, allowH2: false });
  return { download: (jobs, width) => downloadAll(agent, jobs, width), close: () => agent.close() };
}

async function downloadAll(agent: Agent, jobs: Iterable<Job>, atOnce: number): Promise<void> {
  for (const job of jobs) await download(agent, job, atOnce);
}

function download(agent: Agent, job: Job, atOnce: number): Promise<void> {
  const { origin, pathname: path } = new URL(job.url);
  let running = atOnce;
  return new Promise((resolve, reject) => {
    const next = (): void => {
      const request = job.begin();
      if (request < 0) {
        running -= 1;
        if (running === 0) resolve();
        return;
      }
      const handler = new CountingHandler((bytes, error) => {
        if (error !== null) return reject(error);
        job.end(request, bytes);
        next();
      });
      agent.dispatch({ origin, path, method: 'GET' }, handler);
    };
    for (let i = 0; i < atOnce; i++) next();
  });
}
