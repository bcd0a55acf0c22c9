// The pictures of the tutorial are what its program does.
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { drawSteps, traceSteps } from './steps.ts';

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');

describe('the pictures of the two lists', () => {
  test('are those of a run (if not: node --conditions=cotask-source docs/tutorial/steps.ts)', async () => {
    const drawn = await drawSteps();
    const there = globSync('steps/*.svg', { cwd: fileURLToPath(new URL('.', import.meta.url)) });
    expect(there).toHaveLength(drawn.length);
    for (const [index, picture] of drawn.entries()) expect(read(`steps/${index + 1}.svg`)).toBe(picture);
  });

  test('are on the page, in order', async () => {
    const shown = [...read('two-lists.md').matchAll(/\]\(steps\/(\d+)\.svg\)/g)].map(([, step]) => Number(step));
    expect(shown).toEqual((await traceSteps()).map((_, index) => index + 1));
  });

  test('tell what the page tells: who runs when, and that two tasks come due at once', async () => {
    const steps = await traceSteps();
    expect(steps.map(({ at, running }) => `${at} ${running}`)).toEqual([
      '0 main',
      '0 report',
      '0 mail',
      '1000 mail',
      '3000 report',
      '3000 mail',
      '4000 report',
      '4000 main',
    ]);
    expect(steps[4]?.ready).toEqual(['mail']);
    expect(steps[2]?.waiting.map(({ name }) => name)).toEqual(['main', 'report']);
  });
});

test('the page has the program that is drawn', () => {
  const statements = read('report-and-mail.ts')
    .split('\n\n')
    .filter((part) => part.startsWith('export const '))
    .map((part) => part.replace('export ', '').trimEnd());
  expect(statements).toHaveLength(3);
  for (const statement of statements.slice(0, 2)) expect(read('at-once.md')).toContain(statement);
  const [making, gathering] = statements[2]?.split('\n').slice(1, 3) ?? [];
  expect(read('at-once.md')).toContain(`${making}\n${gathering}\n`);
});
