import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { SampleCatalogue } from './sample-catalogue.ts';
import type { SampleFile } from './sample-file.ts';

const origin = 'http://127.0.0.1:1';

function filesOf(catalogue: SampleCatalogue): SampleFile[] {
  return Array.from({ length: catalogue.files }, (_, index) => catalogue.fileAt(index));
}

test('the same seed gives the same files, another seed gives others', () => {
  const [one, again, other] = [1, 1, 2].map((seed) => new SampleCatalogue({ seed, files: 100 }));
  const checksums = [one, again, other].map((catalogue) =>
    catalogue?.fileAt(42) === undefined ? '' : catalogue.expected(origin + catalogue.fileAt(42).path).sha256,
  );
  expect(filesOf(one!)).toEqual(filesOf(again!));
  expect(checksums[0]).toBe(checksums[1]);
  expect(checksums[0]).not.toBe(checksums[2]);
  expect(filesOf(one!).map(({ bytes }) => bytes)).not.toEqual(filesOf(other!).map(({ bytes }) => bytes));
});

test('a thousand files are of mixed sizes and 40 to 90 MB in all, whatever the seed', () => {
  for (let seed = 0; seed < 10; seed++) {
    const catalogue = new SampleCatalogue({ seed });
    const sizes = filesOf(catalogue).map(({ bytes }) => bytes);
    expect(sizes.filter((bytes) => bytes >= 1024 && bytes <= 64 * 1024).length).toBeGreaterThan(900);
    expect(sizes.filter((bytes) => bytes >= 128 * 1024 && bytes <= 512 * 1024).length).toBeGreaterThanOrEqual(50);
    expect(sizes.filter((bytes) => bytes >= 2 ** 21 && bytes <= 2 ** 22)).toHaveLength(6);
    expect(catalogue.totalBytes).toBe(sizes.reduce((sum, bytes) => sum + bytes, 0));
    expect(catalogue.totalBytes).toBeGreaterThan(40e6);
    expect(catalogue.totalBytes).toBeLessThan(90e6);
  }
});

test('a thousand files hold each misbehaviour in a known number, and one is cut short', () => {
  const counts: Record<string, number> = {};
  for (const { behaviour } of filesOf(new SampleCatalogue())) {
    counts[behaviour.kind] = (counts[behaviour.kind] ?? 0) + 1;
    if (behaviour.kind === 'unavailable' && behaviour.retryAfter !== null)
      counts['retry-after'] = (counts['retry-after'] ?? 0) + 1;
  }
  expect(counts).toEqual({
    plain: 799,
    'slow-start': 50,
    trickle: 25,
    unavailable: 25,
    'retry-after': 3,
    reset: 25,
    redirect: 75,
    cut: 1,
  });
});

test.each([1, 2, 3, 7, 40, 41, 1000])('one of %i files is cut short', (files) => {
  expect(filesOf(new SampleCatalogue({ files })).filter(({ behaviour }) => behaviour.kind === 'cut')).toHaveLength(1);
});

test('a calm set misbehaves nowhere and is otherwise the same', () => {
  const [calm, wild] = [true, false].map((value) => filesOf(new SampleCatalogue({ files: 80, calm: value })));
  expect(new Set(calm?.map(({ behaviour }) => behaviour.kind))).toEqual(new Set(['plain']));
  const tame = (file: SampleFile): SampleFile => ({ ...file, behaviour: { kind: 'plain' } });
  expect(wild?.map(tame)).toEqual(calm);
});

test('every path is its own, and every kind of odd name is among a thousand', () => {
  const files = filesOf(new SampleCatalogue());
  expect(new Set(files.map(({ path }) => path)).size).toBe(1000);
  const names = files.map(({ name }) => name);
  const odd = [
    /%20/,
    /%C3%BC/,
    /^漢字/u,
    /^CON\.txt$/,
    /\.$/,
    /^.{255,}$/,
    /%25/,
    /%2F/,
    /%5C/,
    /e%CC%81/,
    /^\.hidden$/,
  ];
  for (const pattern of [...odd, /^-/, /\?id=/, /%FF/, /^$/, /^ReadMe\.txt$/, /^README\.TXT$/]) {
    expect(names.filter((name) => pattern.test(name)).length, String(pattern)).toBeGreaterThan(0);
  }
  expect(names.filter((name) => /^[a-z]+-\d{4}(\.\w+)+$/.test(name)).length).toBe(980);
});

test('a path can be written into a list and comes out of a URL as it went in', () => {
  for (const { path } of filesOf(new SampleCatalogue())) {
    expect(path).not.toMatch(/\s/);
    const { pathname, search } = new URL(origin + path);
    expect(pathname + search).toBe(path.replace(/[^\x21-\x7e]+/g, encodeURIComponent));
  }
});

test('what is expected of a URL is the length and the checksum of the content', () => {
  const catalogue = new SampleCatalogue({ files: 50 });
  for (const file of filesOf(catalogue)) {
    const content = catalogue.content.of(file);
    expect(content.length).toBe(file.bytes);
    expect(catalogue.expected(new URL(origin + file.path).href)).toEqual({
      bytes: file.bytes,
      sha256: createHash('sha256').update(content).digest('hex'),
    });
  }
});

test('no two files have the same content, not even the same first kilobyte', () => {
  const catalogue = new SampleCatalogue();
  const starts = filesOf(catalogue).map((file) => catalogue.content.of(file).subarray(0, 1024).toString('latin1'));
  expect(new Set(starts).size).toBe(1000);
});

test('text files are lines of printable ASCII', () => {
  const catalogue = new SampleCatalogue({ files: 40 });
  const texts = filesOf(catalogue).filter(({ text }) => text);
  expect(texts.length).toBeGreaterThan(5);
  for (const file of texts) {
    expect(file.contentType).toMatch(/^text\/(plain|csv); charset=utf-8$/);
    expect(catalogue.content.of(file).toString('latin1')).toMatch(/^[0-9a-f,\n]+$/);
  }
});

test.each([
  [{ files: 0 }, 'files'],
  [{ files: 1.5 }, 'files'],
  [{ files: NaN }, 'files'],
  [{ seed: -1 }, 'seed'],
  [{ seed: 2 ** 32 }, 'seed'],
])('refuses %o', (options, name) => {
  expect(() => new SampleCatalogue(options)).toThrow(new RegExp(`^${name} must be`));
});

test('refuses an index or a URL that is not of the set', () => {
  const catalogue = new SampleCatalogue({ files: 10 });
  for (const index of [-1, 10, 0.5, NaN]) expect(() => catalogue.fileAt(index)).toThrow(RangeError);
  for (const url of [`${origin}/files/10/a.txt`, `${origin}/other/1/a.txt`, 'nonsense']) {
    expect(() => catalogue.expected(url), url).toThrow(RangeError);
  }
});
