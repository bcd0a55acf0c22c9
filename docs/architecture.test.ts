// What the documents say about the repository is looked up in the repository.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { drawTwoLists } from './two-lists.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const find = (pattern: string): string[] =>
  globSync(pattern, { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'] });

const sources = find('{packages,bench,docs,examples,scripts}/**/*.{ts,mjs}');
const documents = find('{*.md,docs/*.md,docs/{guide,tutorial}/*.md,examples/*.md,packages/*/*.md,bench/*.md}');

/** Names of files, wherever they stand in a text; `lock.test.ts` counts, `*.test.ts` does not. */
const namedFiles = (text: string): string[] => [
  ...new Set(text.match(/(?<![\w*./-])[\w][\w./-]*\.(?:ts|mjs)\b/g) ?? []),
];

const isThere = (name: string): boolean => sources.some((file) => file === name || file.endsWith(`/${name}`));

describe('the page of the architecture', () => {
  const page = read('docs/architecture.md');

  test('names files that exist', () => {
    expect(namedFiles(page).length).toBeGreaterThan(50);
    expect(namedFiles(page).filter((name) => !isThere(name))).toEqual([]);
  });

  test('has a line for every room of every package', () => {
    const rooms = new Set(find('packages/*/src/*/**/*.ts').map((file) => file.split('/')[3]));
    expect([...rooms].filter((room) => !new RegExp(`^ +${room}/ +\\S`, 'm').test(page))).toEqual([]);
  });

  test('shows the two lists as the loop has them', async () => {
    expect(read('docs/two-lists.svg')).toBe(await drawTwoLists());
  });
});

describe('CONTRIBUTING.md and decisions.md', () => {
  test.each(['CONTRIBUTING.md', 'docs/decisions.md'])('%s names files that exist', (document) => {
    expect(namedFiles(read(document)).filter((name) => !isThere(name))).toEqual([]);
  });

  test('every dependency has its line in decisions.md', () => {
    const decisions = read('docs/decisions.md');
    const manifests = [
      'package.json',
      ...find('packages/*/package.json'),
      'docs/package.json',
      'bench/peers/package.json',
    ];
    const kinds = ['dependencies', 'devDependencies', 'optionalDependencies'];
    const names = manifests.flatMap((file) => {
      const manifest: Record<string, Record<string, string> | undefined> = JSON.parse(read(file));
      return kinds.flatMap((kind) => Object.keys(manifest[kind] ?? {}));
    });
    const foreign = [...new Set(names)].filter((name) => name !== 'cotask' && !name.startsWith('@cotask/'));
    expect(foreign.filter((name) => !decisions.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('README.md', () => {
  test('shows the program of examples/download-all.ts', () => {
    const statements = read('examples/download-all.ts')
      .split('\n\n')
      .filter((part) => part.startsWith('const download'));
    expect(statements).toHaveLength(2);
    for (const statement of statements) expect(read('README.md')).toContain(statement);
  });
});

/** The anchor that a heading gets: lower case, punctuation gone, spaces as dashes. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (file: string): string[] =>
  read(file)
    .split('\n')
    .filter((line) => /^#+ /.test(line))
    .map((line) => anchorOf(line.replace(/^#+ /, '')));

const brokenLinks = (file: string): string[] => {
  const links = [...read(file).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];
  return links.flatMap(([link, path = '', anchor]) => {
    const target = path === '' ? file : join(dirname(file), path);
    const isBroken = !existsSync(join(root, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
    return isBroken ? [`${file}: ${link}`] : [];
  });
};

test('the links of the documents lead somewhere', () => {
  expect(documents.length).toBeGreaterThan(15);
  expect(documents.flatMap(brokenLinks)).toEqual([]);
});
