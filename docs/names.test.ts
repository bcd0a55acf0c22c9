// Every public name of the kernel and of @cotask/node is explained: the page of names has a row for it, and every function, class and constant
// is used by an example of the guide.
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { findBlocks } from '../scripts/doctest.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string): string => readFileSync(`${root}/${file}`, 'utf8');

const guide = globSync('docs/guide/*.md', { cwd: root }).sort();
const examples = guide.flatMap((page) => findBlocks(read(page), / */).map(({ code }) => code)).join('\n');
const rows = [...read('docs/guide/names.md').matchAll(/^\| `(\w+)` *\| [^|]+ \| [^|]*\]\([\w-]+\.md[^|]*\) *\|$/gm)];
const explained = rows.map(([, name = '']) => name);

interface PublicName {
  readonly name: string;
  readonly isType: boolean;
}

const namesOf = (door: string): PublicName[] => {
  const code = read(`packages/${door}`).replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '');
  return [...code.matchAll(/export (type )?\{([^}]*)\}/g)].flatMap(([, type, list = '']) =>
    (list.match(/\w+/g) ?? []).map((name) => ({ name, isType: type !== undefined })),
  );
};

const doors = [
  ...['index.ts', 'lowlevel.ts', 'testing/index.ts'].map((file) => `cotask/src/${file}`),
  ...['index.ts', 'thread.ts'].map((file) => `node/src/${file}`),
];
const names = doors.flatMap(namesOf);

describe.each(doors)('the names of %s', (door) => {
  test('have a row each in docs/guide/names.md', () => {
    const missing = namesOf(door).filter(({ name }) => !explained.includes(name));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  test('are used by an example of the guide, if they are no types', () => {
    const isUsed = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(examples);
    expect(namesOf(door).filter(({ name, isType }) => !isType && !isUsed(name))).toEqual([]);
  });
});

test('the page of names has no other rows, and each once', () => {
  expect(names.length).toBeGreaterThan(150);
  expect([...explained].sort()).toEqual(names.map(({ name }) => name).sort());
});

test('every page of the guide and the tutorial is in its index and in the reference', () => {
  const index = read('docs/guide/README.md');
  const tutorial = read('docs/tutorial/README.md');
  const reference = read('docs/typedoc.json');
  const fileOf = (page: string): string => page.split('/').at(-1) ?? '';
  const tutorialPages = globSync('docs/tutorial/*.md', { cwd: root });
  expect(guide.filter((page) => !page.endsWith('README.md') && !index.includes(`(${fileOf(page)})`))).toEqual([]);
  expect(
    tutorialPages.filter((page) => !page.endsWith('README.md') && !tutorial.includes(`(${fileOf(page)})`)),
  ).toEqual([]);
  expect([...guide, ...tutorialPages].filter((page) => !reference.includes(page.replace('docs/', '')))).toEqual([]);
});
