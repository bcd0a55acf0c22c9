// Figures stand in one place, bench/results.md; the pages show them as they are there.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pagesWithFigures, withFigures } from './figures.ts';

test('there are pages with figures', () => {
  expect(pagesWithFigures.length).toBeGreaterThan(1);
});

test.each(pagesWithFigures)('%s shows the figures of bench/results.md (if not: node docs/figures.ts)', (page) => {
  expect(readFileSync(new URL(`../${page}`, import.meta.url), 'utf8')).toBe(withFigures(page));
});
