// The page of errors has every code that the kernel and @cotask/node can throw, once, and no other.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const packages = fileURLToPath(new URL('../packages/', import.meta.url));
const page = readFileSync(new URL('guide/errors.md', import.meta.url), 'utf8');

/** A code stands in quotes; the name of an environment variable (COTASK_DEBUG) is no code. */
const thrownCodes = (): Set<string> => {
  const files = globSync('{cotask,node}/src/**/*.ts', { cwd: packages, exclude: ['**/*.test.ts', '**/probes/**'] });
  const codes = files.flatMap(
    (file) => readFileSync(join(packages, file), 'utf8').match(/(?<=')COTASK_[A-Z_]+(?=')/g) ?? [],
  );
  return new Set(codes.filter((code) => code !== 'COTASK_DEBUG'));
};

const explainedCodes = (): string[] => [...page.matchAll(/^\| `(COTASK_[A-Z_]+)` *\|/gm)].map(([, code = '']) => code);

test('every code of the kernel and of @cotask/node is explained once', () => {
  const explained = explainedCodes();
  expect(new Set(explained)).toEqual(thrownCodes());
  expect(explained).toHaveLength(thrownCodes().size);
});
