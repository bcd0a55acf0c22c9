/**
 * The sample: an origin of 1,000 files, some of which are slow, fail at first, hide behind redirects or come short, and
 * the real command that downloads them all. Each run has a free port and a fresh folder of its own.
 */

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { hasUrl } from '@cotask/download';
import type { DownloadEvent } from '@cotask/download';
import { spawnSampleOrigin } from '@cotask/test-servers';
import type { SampleOrigin } from '@cotask/test-servers';
import { runDownload } from '../download/download-command.ts';
import { EXIT_FAILED, EXIT_OK } from '../exit-codes.ts';
import { count, plural } from '../terminal/format.ts';
import { checkFiles } from './check-files.ts';

/** Where the samples go, in the working folder. */
const SAMPLES = 'downloads';

/** Downloads the sample and checks every file; gives the exit code. */
export async function downloadSample(): Promise<number> {
  const folder = makeFolder();
  const origin = await spawnSampleOrigin();
  try {
    process.stderr.write(`a sample origin serves ${plural(origin.files, 'file')} at ${origin.url}\n`);
    return await downloadFrom(origin, folder);
  } finally {
    await origin.close();
  }
}

async function downloadFrom(origin: SampleOrigin, folder: string): Promise<number> {
  const list = join(folder, 'urls.txt');
  const into = join(folder, 'files');
  writeFileSync(list, origin.urls.map((url) => `${url}\n`).join(''));
  const stored = new Map<number, string>();
  const invocation = { list, options: { into }, json: false, quiet: false, debug: false };
  const exitCode = await runDownload(invocation, (event) => noteStored(event, stored));
  if (exitCode !== EXIT_OK) return exitCode;
  return await check(origin, into, stored);
}

async function check(origin: SampleOrigin, into: string, stored: ReadonlyMap<number, string>): Promise<number> {
  const wrong = await checkFiles(origin, into, stored);
  const right = origin.files - wrong.length;
  process.stdout.write(`checksums: ${count(right)} of ${count(origin.files)} files are right\n`);
  for (const url of wrong.slice(0, 10)) process.stdout.write(`  wrong or missing: ${url}\n`);
  return wrong.length === 0 ? EXIT_OK : EXIT_FAILED;
}

/** By line: the file of each. */
function noteStored(event: DownloadEvent, stored: Map<number, string>): void {
  if (event.type === 'stored' && hasUrl(event.entry)) stored.set(event.entry.line, event.entry.file);
}

/** A name that says when, and that no other run has, even one that begins in the same second. */
function makeFolder(): string {
  mkdirSync(SAMPLES, { recursive: true });
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-');
  return relative('', mkdtempSync(join(SAMPLES, `sample-${time}-`)));
}
