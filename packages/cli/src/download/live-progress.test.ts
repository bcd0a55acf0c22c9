import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Palette } from '../terminal/palette.ts';
import { LiveProgress } from './live-progress.ts';
import { PlainProgress } from './plain-progress.ts';
import { Watch } from './watch.ts';

const as = (text: string): string => text;
const plain: Palette = { good: as, bad: as, busy: as, faint: as, strong: as };
const coloured: Palette = {
  ...plain,
  good: (text: string) => `\u001b[32m${text}\u001b[39m`,
  bad: (text: string) => `\u001b[31m${text}\u001b[39m`,
};

function watchAt(fields: Partial<Watch>): Watch {
  return Object.assign(new Watch(() => 0), fields);
}

describe('LiveProgress', () => {
  const texts: string[] = [];
  const terminal = { columns: 120, write: (text: string): void => void texts.push(text) };
  const drawn = (watch: Watch, columns = 120, palette = plain): string => {
    texts.length = 0;
    new LiveProgress({ ...terminal, columns }, palette, watch).draw(0);
    return texts.join('');
  };

  test('draws one line over the last one', () => {
    const watch = watchAt({
      files: 612,
      failed: 1,
      lines: 1_000,
      read: 1,
      received: 45_200_000,
      underWay: 18,
      retries: 3,
    });
    expect(drawn(watch)).toBe(
      '\r\u001b[2K⠙  ━━━━━━━━━━━━━━━─────────   61%  612 files  45.2 MB  18 under way  1 failed  3 retries',
    );
  });

  test('knows the speed from the second draw on', () => {
    const watch = watchAt({ received: 1_000 });
    texts.length = 0;
    const progress = new LiveProgress(terminal, plain, watch);
    progress.draw(0);
    progress.draw(200);
    expect(texts.map((text) => /\S+ \S+\/s/.exec(text)?.[0])).toEqual([undefined, '5.0 kB/s']);
  });

  test('shows no bar while nobody can tell how long the list is', () => {
    expect(drawn(watchAt({ files: 5, lines: 10, read: null }))).toBe('\r\u001b[2K⠙  5 files  0 B  0 under way');
  });

  test('says why nothing moves while a host wants to be left alone', () => {
    const watch = new Watch(() => 1_000);
    watch.hear({ type: 'parked', host: 'example.com', wait: 500 });
    const progress = new LiveProgress(terminal, plain, watch);
    texts.length = 0;
    progress.draw(1_499);
    progress.draw(1_501);
    expect(texts.map((text) => text.includes('example.com asked to wait'))).toEqual([true, false]);
  });

  test('never wraps: what does not fit is left out', () => {
    const watch = watchAt({
      files: 612_000,
      failed: 99,
      lines: 1_000_000,
      read: 1,
      received: 4e12,
      underWay: 18,
      retries: 3,
      skipped: 5,
      stopping: true,
    });
    for (let columns = 10; columns < 160; columns += 7) {
      const line = stripVTControlCharacters(drawn(watch, columns, coloured)).replace('\r', '');
      expect([...line].length).toBeLessThan(columns);
    }
  });

  test('prints what stays above the line, and takes the line away', () => {
    texts.length = 0;
    const progress = new LiveProgress(terminal, plain, watchAt({}));
    progress.print('first');
    progress.draw(0);
    progress.print('second');
    progress.clear();
    expect(texts.filter((text) => !text.includes('files'))).toEqual(['first\n', '\r\u001b[2K', 'second\n']);
  });
});

describe('PlainProgress', () => {
  test('prints a line at a time', () => {
    const texts: string[] = [];
    const watch = watchAt({ files: 5, lines: 10, read: 1, received: 1_000 });
    const progress = new PlainProgress((text) => texts.push(text), watch);
    progress.draw(2_000);
    watch.received = 3_000;
    progress.draw(3_000);
    expect(texts).toEqual([
      '50%, 5 files, 1.0 kB, 500 B/s, 0 under way, 0 retries, 0 failed\n',
      '50%, 5 files, 3.0 kB, 1.0 kB/s, 0 under way, 0 retries, 0 failed\n',
    ]);
  });
});
