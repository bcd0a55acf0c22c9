// The guide's page about the downloader names every option and every exit code, and so does the help.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { downloadHelp } from './download/help.ts';
import { OPTIONS } from './download/option-table.ts';
import * as exitCodes from './exit-codes.ts';

const page = readFileSync(new URL('../../../docs/guide/download.md', import.meta.url), 'utf8');
const rows = page.split('\n').filter((line) => line.startsWith('| '));

test.each(OPTIONS)('the guide has a row for --$name, with its value', ({ name, value }) => {
  const words = value === null ? `\`--${name}\`` : `\`--${name} ${value}\``;
  expect(rows.filter((row) => row.split('|')[1]?.includes(words)).length).toBe(1);
});

test('the guide names no option that does not exist', () => {
  const known = new Set(OPTIONS.map(({ name }) => `--${name}`));
  const named = page.match(/(?<=`)--[a-z-]+/g) ?? [];
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

test('the guide and the help name every exit code', () => {
  const codes = Object.values(exitCodes).flatMap((code) => (typeof code === 'number' ? [code] : Object.values(code)));
  for (const code of codes) {
    expect(rows.filter((row) => row.startsWith(`| ${code} `)).length).toBe(1);
    expect(downloadHelp()).toMatch(new RegExp(`\\b${code}\\b`));
  }
});

test('the help fits a terminal', () => {
  expect(
    Math.max(
      ...downloadHelp()
        .split('\n')
        .map((line) => line.length),
    ),
  ).toBeLessThanOrEqual(120);
});
