/**
 * Runs programs as a user of the host under test would: in a plain process of their own, on the kernel's sources. What
 * counts is how the process ends and what it prints, so nothing stands between them and the platform.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Which platform runs this test. */
const platform: 'node' | 'deno' | 'bun' = 'Deno' in globalThis ? 'deno' : 'Bun' in globalThis ? 'bun' : 'node';

/** How a program ended. */
export interface Ending {
  code: number | null;
  out: string[];
  err: string;
}

/** What a program is given. */
export interface Surroundings {
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Sent as soon as the program says that it is ready. */
  signal?: NodeJS.Signals;
}

const flags = platform === 'deno' ? ['run', '-A'] : [];

/** Runs the program in a file to its end. */
export async function runFile(file: string, { args = [], env, signal }: Surroundings = {}): Promise<Ending> {
  const child = spawn(process.execPath, [...flags, '--conditions=cotask-source', file, ...args], {
    env: { ...process.env, NODE_OPTIONS: '', COTASK_DEBUG: '', NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    if (signal !== undefined && text.includes('ready') && child.pid !== undefined) process.kill(child.pid, signal);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const [code] = await once(child, 'close');
  return { code, out: out.trimEnd().split('\n'), err };
}

const index = new URL('../index.ts', import.meta.url).href;

/** Runs a program given as text; `cotask` in it stands for these sources. */
export async function runSource(source: string, surroundings: Surroundings = {}): Promise<Ending> {
  const folder = await mkdtemp(join(tmpdir(), 'cotask-program-'));
  const file = join(folder, 'program.mjs');
  try {
    await writeFile(file, source.replaceAll("'cotask'", JSON.stringify(index)));
    return await runFile(file, surroundings);
  } finally {
    await rm(folder, { recursive: true });
  }
}
