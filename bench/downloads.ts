/** `npm run bench -- downloads`: many small files and some large ones from nginx, by several programs. See README.md. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkOutput } from './downloads/check-output.ts';
import { downloaders } from './downloads/downloaders.ts';
import type { Downloader } from './downloads/downloaders.ts';
import { makeFileSet } from './downloads/file-set.ts';
import { Nginx } from './harness/nginx.ts';
import { readOptions } from './harness/bench-options.ts';
import { contest } from './harness/contest.ts';
import type { Contestant } from './harness/contest.ts';
import { measure } from './harness/measure.ts';
import type { Measured } from './harness/measure.ts';
import { findProgram, findPython } from './harness/programs.ts';
import { median, medianRatio } from './harness/statistics.ts';
import { figure, table, times } from './harness/table.ts';
import { WorkFolder } from './harness/work-folder.ts';

const options = readOptions(3);
const python = findPython();
const nginxProgram = findProgram('nginx');
const scenario = { name: 'all files' };

if (python === null || nginxProgram === null) {
  console.error(`downloads: skipped, ${python === null ? 'python3' : 'nginx (Debian: nginx-light)'} is not installed`);
} else {
  await run(python, nginxProgram);
}

async function run(measurer: string, server: string): Promise<void> {
  const size = options.tiny
    ? { small: 20, large: 1, largeBytes: 1_048_576 }
    : { small: 5_000, large: 20, largeBytes: 20_971_520 };
  using work = new WorkFolder(3 * (size.small * 65_536 + size.large * size.largeBytes));
  const files = makeFileSet(join(work.path, 'origin'), size);
  await using nginx = await Nginx.start(server, join(work.path, 'nginx'), join(work.path, 'origin'));
  const urls = files.names.map((name) => `${nginx.origin}/${name}`);
  const list = join(work.path, 'urls.txt');
  writeFileSync(list, `${urls.join('\n')}\n`);

  const download = async ({ command }: Downloader): Promise<Measured> => {
    const folder = join(work.path, 'output');
    mkdirSync(folder);
    try {
      const measured = await measure(measurer, command({ list, urls, folder }));
      checkOutput(folder, files.digests);
      return measured;
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const contestants: Contestant<typeof scenario, Measured>[] = options
    .select(downloaders())
    .map((each) => ({ name: each.name, missing: each.missing, run: () => download(each) }));
  const results = await contest([scenario], contestants, options.repetitions);

  const megabytes = (files.bytes / 1e6).toFixed(1);
  console.log(`\n${files.names.length} files, ${megabytes} MB, 16 at once; median of ${options.repetitions}\n`);
  console.log(tableOf(contestants, (name) => results.of(scenario.name, name)));
}

/** Ratios say how many times what the bare script took. */
function tableOf(
  rows: readonly { readonly name: string; readonly missing: string | null }[],
  of: (name: string) => readonly Measured[],
): string {
  const headings = ['wall s', 'CPU s', 'peak MB', 'wall to bare', 'CPU to bare'];
  const columns = [{ heading: '' }, ...headings.map((heading) => ({ heading, right: true }))];
  const wall = (name: string): number[] => of(name).map(({ wallMs }) => wallMs / 1_000);
  const cpu = (name: string): number[] => of(name).map(({ cpuMs }) => cpuMs / 1_000);
  const cells = rows
    .filter(({ missing }) => missing === null)
    .map(({ name }) => [
      name,
      figure(median(wall(name))),
      figure(median(cpu(name))),
      figure(median(of(name).map(({ peakBytes }) => peakBytes / 1e6))),
      times(medianRatio(wall(name), wall('bare undici'))),
      times(medianRatio(cpu(name), cpu('bare undici'))),
    ]);
  return table(columns, cells);
}
