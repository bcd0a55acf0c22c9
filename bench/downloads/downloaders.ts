/** Who downloads, and how each is told to take 16 at once and leave the disk in peace. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeFlags } from '../harness/child.ts';
import { findProgram, findPython, pythonHas } from '../harness/programs.ts';

/** What a downloader is given: the list as a file and in memory, and the folder to fill. */
export interface Job {
  readonly list: string;
  readonly urls: readonly string[];
  readonly folder: string;
}

export interface Downloader {
  readonly name: string;
  /** Why it cannot take part here, or null. */
  readonly missing: string | null;
  /** The command that does a job. */
  command(job: Job): readonly string[];
}

const atOnce = '16';

/** This project first, then the floor, then the others. */
export function downloaders(): Downloader[] {
  return [
    cotask(),
    { name: 'bare undici', missing: null, command: (job) => [...node('./bare-main.ts'), job.list, job.folder] },
    aiohttp(),
    tool('aria2c', ({ list, folder }) => [
      ...['-i', list, '-d', folder, `-j${atOnce}`, '-x1', '-s1', '--file-allocation=none', '--no-conf', '-q'],
    ]),
    tool('curl', (job) => ['-q', '-sS', '-f', '-Z', '--parallel-max', atOnce, '-K', curlConfiguration(job)]),
    tool('wget2', ({ list, folder }) => ['-i', list, '-P', folder, `--max-threads=${atOnce}`, '-nd', '-q']),
  ];
}

/** As it runs in the clone: from source, with the time that it takes to load. */
function cotask(): Downloader {
  const program = path('../../packages/cli/bin/cotask.mjs');
  const missing = existsSync(program) ? null : 'packages/cli is not there';
  const limits = ['--limit', atOnce, '--limit-per-host', atOnce, '--quiet'];
  return {
    name: 'cotask',
    missing,
    command: ({ list, folder }) => [process.execPath, program, 'download', list, '--into', folder, ...limits],
  };
}

function aiohttp(): Downloader {
  const python = findPython();
  const has = python !== null && pythonHas(python, ['aiohttp']);
  const missing = has ? null : `${python ?? 'python3'} has no module aiohttp (Debian: python3-aiohttp)`;
  return {
    name: 'aiohttp',
    missing,
    command: (job) => [python ?? '', path('./aiohttp_main.py'), job.list, job.folder],
  };
}

function tool(name: string, args: (job: Job) => readonly string[]): Downloader {
  const program = findProgram(name);
  const missing = program === null ? 'it is not installed' : null;
  return { name, missing, command: (job) => [program ?? '', ...args(job)] };
}

/** curl is told each file's name; without it, a list would go to standard output. */
function curlConfiguration({ list, urls, folder }: Job): string {
  const file = `${list}.curl`;
  writeFileSync(
    file,
    urls.map((url) => `url=${url}\noutput=${join(folder, url.slice(url.lastIndexOf('/') + 1))}\n`).join(''),
  );
  return file;
}

function node(file: string): readonly string[] {
  return [process.execPath, ...nodeFlags, path(file)];
}

function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
