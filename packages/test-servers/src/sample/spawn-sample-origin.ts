import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { SampleCatalogue } from './sample-catalogue.ts';
import { ServedSample } from './sample-origin.ts';
import type { SampleOrigin, SampleOriginOptions } from './sample-origin.ts';

/**
 * Serves a sample set from a child process, so that the downloader has its event loop for itself.
 *
 * The child ends at `close()`, and by itself when this process ends, even if that is killed. It ignores SIGINT.
 *
 * @throws Error with the child's reason when it could not start (a port in use).
 */
export async function spawnSampleOrigin(options: SampleOriginOptions = {}): Promise<SampleOrigin> {
  const catalogue = new SampleCatalogue(options);
  const child = spawnMain(catalogue, options.port ?? 0);
  const ended = whenEnded(child);
  const end = async (): Promise<void> => {
    child.stdin.destroy();
    await ended;
  };
  try {
    return new ServedSample(await readUrl(child), catalogue, end);
  } catch (error) {
    child.kill('SIGKILL');
    await ended;
    throw error;
  }
}

type Child = ChildProcessByStdio<Writable, Readable, null>;

/**
 * Node's options are not handed on: the program imports only its neighbours, and an inspector's port or a profile
 * belongs to the parent.
 */
function spawnMain({ files, seed, calm }: SampleCatalogue, port: number): Child {
  const main = new URL('./sample-origin-main.ts', import.meta.url);
  const flags = ['--port', String(port), '--files', String(files), '--seed', String(seed), ...(calm ? ['--calm'] : [])];
  return spawn(process.execPath, [fileURLToPath(main), ...flags], { stdio: ['pipe', 'pipe', 'inherit'] });
}

/** Resolves when the child is gone, or could not be started at all. */
function whenEnded(child: Child): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
}

async function readUrl(child: Child): Promise<string> {
  for await (const line of createInterface({ input: child.stdout })) {
    const said: Readonly<Record<string, unknown>> = JSON.parse(line);
    if (typeof said['url'] === 'string') return said['url'];
    throw new Error(`The sample origin could not start: ${String(said['error'])}`);
  }
  throw new Error('The sample origin ended before it said its address.');
}
