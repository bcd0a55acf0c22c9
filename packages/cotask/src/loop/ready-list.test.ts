import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { ReadyList } from './ready-list.ts';
import type { Runnable } from './step.ts';

const entry = (): Runnable => ({ owner: null, run: () => true });

test('any pushes and shifts give what an array gives', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -3, max: 5 }), { maxLength: 200, size: 'max' }), (steps) => {
      const list = new ReadyList();
      const model: Runnable[] = [];
      for (const step of steps) {
        for (let i = 0; i < step; i++) {
          const item = entry();
          list.push(item);
          model.push(item);
        }
        for (let i = 0; i > step; i--) expect(list.shift()).toBe(model.shift() ?? null);
        expect(list.size).toBe(model.length);
        expect(list.peek()).toBe(model[0] ?? null);
      }
      expect(list.items()).toEqual(model);
    }),
  );
});

test('it grows while its head is anywhere', () => {
  for (let head = 0; head < 600; head += 7) {
    const list = new ReadyList();
    for (let i = 0; i < head; i++) list.push(entry());
    for (let i = 0; i < head; i++) list.shift();
    const items = Array.from({ length: 600 }, entry);
    for (const item of items) list.push(item);
    expect(list.items()).toEqual(items);
    expect(items.every((item) => list.shift() === item)).toBe(true);
  }
});

test('cleared, it is empty', () => {
  const list = new ReadyList();
  list.push(entry());
  list.clear();
  expect([list.size, list.peek(), list.shift(), list.items()]).toEqual([0, null, null, []]);
});
