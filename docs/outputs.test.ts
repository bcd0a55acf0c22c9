// Where a document shows a program and, right below it, what the program prints, it prints exactly that.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBlocks, Programs } from '../scripts/doctest.ts';
import type { PlacedBlock } from '../scripts/doctest.ts';

interface ShownOutput {
  readonly block: PlacedBlock;
  readonly output: string;
}

const root = fileURLToPath(new URL('..', import.meta.url));

/** What a ```text block shows that begins right after line `end`, at most a blank line below. */
const outputAfter = (lines: readonly string[], end: number): string | null => {
  const opening = lines[end] === '' ? end + 1 : end;
  if (lines[opening] !== '```text') return null;
  const closing = lines.indexOf('```', opening);
  return lines
    .slice(opening + 1, closing)
    .map((line) => `${line}\n`)
    .join('');
};

const shownOutputs = (file: string): ShownOutput[] => {
  const text = readFileSync(join(root, file), 'utf8');
  const lines = text.split('\n');
  return findBlocks(text, / */).flatMap((block) => {
    const output = outputAfter(lines, block.line + block.code.split('\n').length);
    return output === null || !block.run ? [] : [{ block: { file, ...block }, output }];
  });
};

const shown = ['README.md', 'docs/*.md', 'docs/{guide,tutorial}/*.md']
  .flatMap((pattern) => globSync(pattern, { cwd: root }).sort())
  .flatMap(shownOutputs);

describe('the outputs that documents show', () => {
  let programs: Programs;
  beforeAll(() => {
    programs = new Programs(shown.map(({ block }) => block));
  });
  afterAll(() => programs[Symbol.dispose]());

  for (const { block, output } of shown) {
    test(`${block.file}:${block.line} prints what stands below it`, async () => {
      expect((await programs.run(block)).output).toBe(output);
    });
  }

  test('are found', () => {
    expect(shown.length).toBeGreaterThan(20);
  });
});
