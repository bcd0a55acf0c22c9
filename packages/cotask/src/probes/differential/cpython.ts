/** CPython as the reference: runs random programs in one process of the machine's python3. */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import type { Program } from './program.ts';

const interpreter = fileURLToPath(new URL('interpret.py', import.meta.url));

/** Debian's own first: what stands in PATH may be any version. */
const candidates = ['/usr/bin/python3', 'python3'];

/** The python3 of this machine, at least 3.11; `null` where there is none. */
export function findPython(): string | null {
  const probe = 'import sys; sys.exit(sys.version_info < (3, 11))';
  return candidates.find((command) => spawnSync(command, ['-c', probe]).status === 0) ?? null;
}

/** The transcript of each program. */
export function transcriptsOf(python: string, programs: readonly Program[]): string[][] {
  const { status, stdout, stderr, error } = spawnSync(python, [interpreter], {
    input: JSON.stringify(programs),
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${python} ended with ${status}:\n${stderr}`);
  return parseTranscripts(stdout);
}

function parseTranscripts(text: string): string[][] {
  const parsed: unknown = JSON.parse(text);
  if (!Array.isArray(parsed)) throw new Error(`expected a list of transcripts, got ${text.slice(0, 100)}`);
  return parsed.map((transcript: unknown) => (Array.isArray(transcript) ? transcript.map(String) : []));
}
