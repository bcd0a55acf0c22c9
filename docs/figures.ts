// Brings the tables of bench/results.md into the pages that show them, between these two lines:
//
//   <!-- from bench/results.md: SECTION -->
//   <!-- end -->
//
//   node docs/figures.ts      writes the pages
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const marked = /(<!-- from bench\/results\.md: ([\w-]+) -->\n)[^]*?(<!-- end -->)/g;

/** The first table of a section. */
function tableOf(results: string, section: string): string {
  const [, text = ''] = results.split(`## ${section}\n`);
  const table = /^\|.*\|\n(?:\|.*\|\n)+/m.exec(text.split(/^## /m)[0] ?? '')?.[0];
  if (table === undefined) throw new Error(`bench/results.md has no table in its section ${section}`);
  return table;
}

/** The pages that show figures. */
export const pagesWithFigures: string[] = globSync('docs/{guide,tutorial}/*.md', { cwd: root })
  .sort()
  .filter((page) => readFileSync(join(root, page), 'utf8').search(marked) !== -1);

/** A page with the figures that are in bench/results.md now. */
export function withFigures(page: string): string {
  const results = readFileSync(join(root, 'bench/results.md'), 'utf8');
  return readFileSync(join(root, page), 'utf8').replaceAll(
    marked,
    (_all, begin: string, section: string, end: string) => `${begin}\n${tableOf(results, section)}\n${end}`,
  );
}

if (import.meta.main) {
  for (const page of pagesWithFigures) writeFileSync(join(root, page), withFigures(page));
}
