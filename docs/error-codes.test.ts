// The page of errors has every code that the kernel can throw, once, and no other.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const sources = fileURLToPath(new URL('../packages/cotask/src/', import.meta.url));
const page = readFileSync(new URL('guide/errors.md', import.meta.url), 'utf8');

/** A code stands in quotes; the name of an environment variable (COTASK_DEBUG) is no code. */
const thrownCodes = (): Set<string> => {
  const files = globSync('**/*.ts', { cwd: sources, exclude: ['**/*.test.ts', 'probes/**'] });
  const codes = files.flatMap(
    (file) => readFileSync(join(sources, file), 'utf8').match(/(?<=')COTASK_[A-Z_]+(?=')/g) ?? [],
  );
  return new Set(codes.filter((code) => code !== 'COTASK_DEBUG'));
};

const explainedCodes = (): string[] => [...page.matchAll(/^\| `(COTASK_[A-Z_]+)` *\|/gm)].map(([, code = '']) => code);

test('every code of the kernel is explained once', () => {
  const explained = explainedCodes();
  expect(new Set(explained)).toEqual(thrownCodes());
  expect(explained).toHaveLength(thrownCodes().size);
});
