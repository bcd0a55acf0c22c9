import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { HostBacklog } from './host-backlog.ts';
import { plannedCodec } from './plan/pack-plan.ts';
import { plan } from './plan/plan.ts';
import { checkUrl, isListedUrl } from './source/check-url.ts';
import type { PlannedFile } from './types.ts';

function planned(url: string, line: number, repeat = false): PlannedFile {
  const listed = checkUrl(url, { line, offset: line * 100 });
  if (!isListedUrl(listed)) throw new Error(listed.reason);
  return plan(listed, { existing: 'overwrite', note: () => !repeat, has: () => false }).entry;
}

describe('HostBacklog', () => {
  test('is first in, first out, whatever is near and what is packed', () => {
    const codec = { pack: String, unpack: (text: string): string => text };
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: -300, max: -1 })), { maxLength: 20 }),
        (moves) => {
          const backlog = new HostBacklog<string>('h', codec);
          const queue: string[] = [];
          let next = 0;
          for (const move of moves) {
            for (let count = 0; count < move; count++) {
              queue.push(`${next}`);
              backlog.push(`${next++}`);
            }
            for (let count = 0; count > move; count--) expect(backlog.shift()).toBe(queue.shift());
            expect(backlog.size).toBe(queue.length);
          }
        },
      ),
    );
  });

  test.each([
    planned('https://example.com/a/b.txt', 1),
    planned('http://127.0.0.1:8080/Ü?x=1', 9_007_199_254_740_991),
    planned('https://user:pass%20word@example.com/x', 3),
    planned('https://example.com/again.txt', 4, true),
    planned('https://u@example.com/Again', 5, true),
  ])('gives back $href as it was', (entry) => {
    expect(plannedCodec.unpack(plannedCodec.pack(entry), entry.host)).toEqual(entry);
    expect(plannedCodec.pack(entry)).toMatch(/^[ -~]+$/);
  });

  test('takes lines of 64 KiB', () => {
    const backlog = new HostBacklog('h', plannedCodec);
    const entries = Array.from({ length: 200 }, (_, line) => planned(`https://h/${'x'.repeat(line * 300)}`, line + 1));
    for (const entry of entries) backlog.push(entry);
    for (const entry of entries) expect(backlog.shift()).toEqual(entry);
  });

  test('keeps tens of thousands of lines outside the heap', () => {
    const backlog = new HostBacklog('h', plannedCodec);
    const entry = planned('https://example.com/some/folder/a-file-of-usual-length.jpg', 1);
    globalThis.gc?.();
    const before = process.memoryUsage();
    for (let count = 0; count < 60_000; count++) backlog.push(entry);
    globalThis.gc?.();
    const after = process.memoryUsage();
    expect(after.heapUsed - before.heapUsed).toBeLessThan(500_000);
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(8_000_000);
    expect(backlog.size).toBe(60_000);
  });
});
