/**
 * The floor of what Node can do: undici's `dispatch` with a handler that gathers 256 KiB, writes them at once and renames
 * the file when it is whole. No retry, no limit per host, no safe names, no report: `bare-main.ts LIST FOLDER`.
 */
import { closeSync, openSync, readFileSync, renameSync, writevSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Agent } from 'undici';
import type { Dispatcher } from 'undici';

const atOnce = 16;
const gathered = 256 * 1_024;

const [list = '', folder = ''] = process.argv.slice(2);
const urls = readFileSync(list, 'utf8').trimEnd().split('\n');
const agent = new Agent({ connections: atOnce, allowH2: false });

class FileHandler implements Dispatcher.DispatchHandler {
  readonly #file: string;
  readonly #fd: number;
  readonly #done: (error: Error | null) => void;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(file: string, done: (error: Error | null) => void) {
    this.#file = file;
    this.#fd = openSync(`${file}.part`, 'w');
    this.#done = done;
  }

  onRequestStart(): void {}

  onResponseStart(controller: Dispatcher.DispatchController, statusCode: number): void {
    if (statusCode !== 200) controller.abort(new Error(`${this.#file}: status ${statusCode}`));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes >= gathered) this.#write();
  }

  onResponseEnd(): void {
    if (this.#bytes > 0) this.#write();
    closeSync(this.#fd);
    renameSync(`${this.#file}.part`, this.#file);
    this.#done(null);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    closeSync(this.#fd);
    this.#done(error);
  }

  #write(): void {
    const written = writevSync(this.#fd, this.#chunks);
    if (written !== this.#bytes) throw new Error(`${this.#file}: ${written} bytes of ${this.#bytes} were written`);
    this.#chunks = [];
    this.#bytes = 0;
  }
}

let next = 0;
let failed: Error | null = null;

function startNext(): void {
  const url = urls[next++];
  if (url === undefined || failed !== null) return;
  const { origin, pathname } = new URL(url);
  const handler = new FileHandler(join(folder, basename(pathname)), (error) => {
    failed ??= error;
    startNext();
  });
  agent.dispatch({ origin, path: pathname, method: 'GET' }, handler);
}

for (let i = 0; i < atOnce; i++) startNext();
process.once('beforeExit', () => {
  if (failed === null) return;
  console.error(failed);
  process.exitCode = 1;
});
