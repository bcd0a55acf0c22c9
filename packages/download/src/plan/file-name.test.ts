import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { checkUrl, isListedUrl } from '../source/check-url.ts';
import { fileNameOf, LONGEST_NAME, repeatFileName } from './file-name.ts';

function nameOf(text: string): string {
  const entry = checkUrl(text, { line: 1, offset: 0 });
  if (!isListedUrl(entry)) throw new Error(`${text}: ${entry.reason}`);
  return fileNameOf(entry.identity);
}

/** What two names must not share on any file system: case folded, and normalised in the way that joins most. */
const folded = (name: string): string => name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');

describe('fileNameOf', () => {
  test.each([
    ['https://example.com/maps/rome.png', 'example.com,maps,rome.png'],
    ['http://127.0.0.1:8080/maps/rome.png', 'http+127.0.0.1+8080,maps,rome.png'],
    ['https://h/a//b', 'h,a,,b'],
    ['https://h/.hidden', 'h,.hidden'],
    ['https://h:8443/x_y-z=1@2.tar.gz', 'h+8443,x_y-z=1@2.tar.gz'],
  ])('keeps the whole text of %s', (url, name) => {
    expect(nameOf(url)).toBe(name);
  });

  test.each([
    ['https://h/Rome.png', /^h,Rome~[a-z2-7]{26}\.png$/],
    ['https://h/a.png?v=2', /^h,a_v=2~[a-z2-7]{26}\.png$/],
    ['https://h/', /^h,index~[a-z2-7]{26}$/],
    ['https://h/a/', /^h,a,index~[a-z2-7]{26}$/],
    ['https://h/%C3%A9t%C3%A9.jpg', /^h,été~[a-z2-7]{26}\.jpg$/],
    ['https://h/..%2f..%2fetc', /^h,\.\._\.\._etc~[a-z2-7]{26}$/],
    ['https://h/back%5Cslash', /^h,back_slash~[a-z2-7]{26}$/],
    ['https://h/a%00b.txt', /^h,a_b~[a-z2-7]{26}\.txt$/],
    ['https://h/%FF%FE.txt', /^h,_FF_FE~[a-z2-7]{26}\.txt$/],
    ['https://h/dot.', /^h,dot_~[a-z2-7]{26}$/],
    ['https://con.example/x', /^_con\.example,x~[a-z2-7]{26}$/],
    ['https://aux/x.txt', /^aux,x\.txt$/],
    ['https://h/x~y', /^h,x_y~[a-z2-7]{26}$/],
    ['https://h/x,y', /^h,x_y~[a-z2-7]{26}$/],
    ['https://user:pw@h/x', /^h,x~[a-z2-7]{26}$/],
    ['http://[::1]:8080/x', /^http\+___1_\+8080,x~[a-z2-7]{26}$/],
    ['https://h/%E2%80%AEgpj.exe', /^h,_gpj~[a-z2-7]{26}\.exe$/],
  ])('gives %s a readable form and a hash', (url, form) => {
    expect(nameOf(url)).toMatch(form);
  });

  test('takes bytes out of the middle of a long name and keeps its extension', () => {
    const name = nameOf(`https://example.com/${'folder/'.repeat(40)}the-end.tar.gz`);
    expect(name).toMatch(/^example\.com,folder,.*--.*,the-end~[a-z2-7]{26}\.tar\.gz$/);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(LONGEST_NAME);
    const wide = nameOf(`https://h/${encodeURIComponent('漢字'.repeat(300))}.JPG`);
    expect(wide).toMatch(/^h,漢字.*字~[a-z2-7]{26}\.JPG$/u);
    expect(wide).toBe(wide.toWellFormed());
  });

  test('does not let the password into the name, not even as a hash', () => {
    expect(nameOf('https://user:one@h/x')).toBe(nameOf('https://user:two@h/x'));
    expect(nameOf('https://user@h/x')).not.toBe(nameOf('https://other@h/x'));
  });

  test('puts the line number of a repeat before the extension', () => {
    expect(repeatFileName('h,a.tar.gz', 57)).toBe('h,a~line57.tar.gz');
    expect(repeatFileName('h,a', 57)).toBe('h,a~line57');
    expect(repeatFileName('h,.hidden', 57)).toBe('h,.hidden~line57');
    expect(repeatFileName('example.com,download', 57)).toBe('example.com,download~line57');
  });
});

/** URLs made to collide: few letters, cases, escapes, separators and marks of our own. */
const piece = fc.constantFrom(
  ...[
    'a',
    'A',
    'b',
    'ß',
    'SS',
    'ss',
    'é',
    'e\u0301',
    'É',
    'ﬁ',
    'fi',
    '%41',
    '%61',
    '%2F',
    '/',
    '//',
    ',',
    '+',
    '~',
    '_',
    '.',
    '..',
    '-',
    '@',
    '=',
  ],
  ...[
    '?',
    '&',
    '%00',
    '%0A',
    '%5C',
    ':',
    '*',
    '%7E',
    '~line2',
    'con',
    'nul',
    '.txt',
    '.TXT',
    'index',
    '漢',
    '🎉',
    '%F0',
    ' ',
    'http+',
  ],
);
const host = fc.constantFrom(
  'h',
  'H',
  'h.',
  'a.b',
  'h:80',
  'h:8080',
  'con',
  'con.de',
  'nul.x',
  '[::1]',
  '1.2.3.4',
  'é.de',
  'http+h',
  'a_b',
  '-h',
  'h,a',
);
const url = fc
  .tuple(
    fc.constantFrom('http', 'https'),
    host,
    fc.array(piece, { maxLength: 12 }),
    fc.constantFrom('', '#x', '?', '?A', '?a'),
  )
  .map(([scheme, name, pieces, end]) => `${scheme}://${name}/${pieces.join('').replaceAll(' ', '%20')}${end}`)
  .filter((text) => isListedUrl(checkUrl(text, { line: 1, offset: 0 })));
const anyUrl = fc.oneof(
  url,
  fc.webUrl({ withQueryParameters: true, size: 'large' }),
  url.map((text) => `${text}${'long/'.repeat(60)}`),
);

describe('names of any URLs', () => {
  const identityOf = (text: string): string => {
    const entry = checkUrl(text, { line: 1, offset: 0 });
    if (!isListedUrl(entry)) throw new Error(entry.reason);
    return entry.identity;
  };

  test('differ, in whatever case and normal form, where the URLs differ', () => {
    fc.assert(
      fc.property(anyUrl, anyUrl, (one, other) => {
        expect(folded(nameOf(one)) === folded(nameOf(other))).toBe(identityOf(one) === identityOf(other));
      }),
      { numRuns: 2_000 },
    );
  });

  test('of a repeat differ from those of every other URL and line', () => {
    const line = fc.integer({ min: 1, max: 3 });
    fc.assert(
      fc.property(anyUrl, fc.option(line), anyUrl, fc.option(line), (one, oneLine, other, otherLine) => {
        const named = (text: string, number: number | null): string =>
          number === null ? nameOf(text) : repeatFileName(nameOf(text), number);
        const same = identityOf(one) === identityOf(other) && oneLine === otherLine;
        expect(folded(named(one, oneLine)) === folded(named(other, otherLine))).toBe(same);
      }),
      { numRuns: 2_000 },
    );
  });

  test('are safe on every platform and stay in the folder', () => {
    fc.assert(
      fc.property(anyUrl, fc.constantFrom(1, Number.MAX_SAFE_INTEGER), (text, line) => {
        for (const name of [nameOf(text), repeatFileName(nameOf(text), line)]) {
          expect(name).not.toMatch(/[<>:"/\\|?*\s\p{Cc}\p{Cf}]/u);
          expect(name).not.toMatch(/^[.\-~ ]|[. ]$/);
          expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
          expect(name).toBe(name.normalize('NFC').toWellFormed());
          expect(Buffer.byteLength(name)).toBeLessThanOrEqual(LONGEST_NAME);
          expect(name).not.toMatch(/^(report\.json|failed\.txt|\.cotask)$/i);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
