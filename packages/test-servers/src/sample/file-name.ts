// The last segment of each sample URL, as it stands in the URL. Most are tame; one in fifty is a name that a downloader
// must not take as it is on some platform.

import { hash32 } from './hash32.ts';

/** The last segment of the URL of file `index`, escaped for a URL, perhaps with a query behind it. */
export function fileNameOf(seed: number, index: number, extension: string): string {
  if (index % ODD_EVERY === ODD_EVERY - 1) {
    const make = ODD_NAMES[Math.floor(index / ODD_EVERY) % ODD_NAMES.length];
    if (make !== undefined) return make(index, extension);
  }
  const word = WORDS[hash32(seed, index, 7) % WORDS.length] ?? 'sample';
  return `${word}-${String(index).padStart(4, '0')}${extension}`;
}

const ODD_EVERY = 50;

const WORDS = [
  'amber',
  'basalt',
  'cedar',
  'delta',
  'ember',
  'fjord',
  'garnet',
  'harbour',
  'indigo',
  'juniper',
  'krill',
  'lichen',
  'marble',
  'nectar',
  'opal',
  'pebble',
];

const ODD_NAMES: readonly ((index: number, extension: string) => string)[] = [
  (index, extension) => `two%20words%20${index}${extension}`,
  (index, extension) => `%C3%BCbersicht-${index}${extension}`,
  // Not escaped: the list holds the letters themselves, and the client must escape them.
  (index, extension) => `漢字-${index}${extension}`,
  (index, extension) => `%F0%9F%8E%89-${index}${extension}`,
  () => 'CON.txt',
  (index) => `trailing-dot-${index}.`,
  (index, extension) => `${'long-name-'.repeat(30)}${index}${extension}`,
  (index, extension) => `100%25-sure-${index}${extension}`,
  (index, extension) => `..%2F..%2Foutside-${index}${extension}`,
  (index, extension) => `back%5Cslash-${index}${extension}`,
  // An e with a combining accent and the single letter: the same name on file systems that normalize.
  () => 'cafe%CC%81.txt',
  () => 'caf%C3%A9.txt',
  // The same name on file systems that ignore case.
  () => 'ReadMe.txt',
  () => 'README.TXT',
  () => '.hidden',
  () => '-rf%20~.txt',
  (index, extension) => `colon%3Aquestion%3F-${index}${extension}`,
  (index) => `download?id=${index}&name=../query.txt`,
  // Bytes that are no UTF-8.
  (index, extension) => `%FF%FE-${index}${extension}`,
  // No name at all.
  () => '',
];
