import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findUncopyable } from './copyable.ts';

const none: ReadonlySet<unknown> = new Set();
const find = (value: unknown): string | null => findUncopyable(value, 'it', none);

class Point {
  x = 1;
  move(): void {}
}

class Waits {
  then(): void {}
}

class WithHandler {
  onMove = (): void => {};
}

const copied: readonly (readonly [string, unknown])[] = [
  ['simple values', ['a', 1, true, null, undefined, 1n]],
  ['dates, patterns and bytes', [new Date(), /a/, new Uint8Array(3), new DataView(new ArrayBuffer(1))]],
  ['shared memory', new SharedArrayBuffer(4)],
  ['maps and sets', new Map([[{ a: 1 }, new Set(['b'])]])],
  ['errors with a function of their own', Object.assign(new Error('x'), { retry: () => 1 })],
  ['instances with methods', [new Point()]],
  ['boxed values', Object(1)],
  ['an object without a prototype', Object.assign(Object.create(null), { a: 1 })],
];

const refused: readonly (readonly [string, unknown, string])[] = [
  ['a function', () => 1, 'it is a function'],
  ['a class', Point, 'it is a function'],
  ['a method of its own', new WithHandler(), 'it.onMove is a function'],
  ['a function as a key', new Map([[() => 1, 2]]), 'it[0] is a function'],
  ['a function among causes', new Error('x', { cause: { undo: () => 1 } }), 'it.cause.undo is a function'],
  ['a symbol', [Symbol('a')], 'it[0] is a symbol'],
  ['a promise', { a: Promise.resolve() }, 'it.a is a promise (await it first)'],
  ['a thenable', { a: new Waits() }, 'it.a is something to wait for (await it first)'],
  ['a Proxy', new Proxy({}, {}), 'it is a Proxy'],
  ['a WeakMap', new WeakMap(), 'it is a weak reference'],
  ['a WeakRef', [new WeakRef({})], 'it[0] is a weak reference'],
  ['a generator', (function* () {})(), 'it is a generator'],
  ['a message port', new MessageChannel().port1, 'it holds something that is no data'],
];

describe('what can be copied', () => {
  test.each(copied)('%s', (_what, value) => {
    expect(() => structuredClone(value)).not.toThrow();
    expect(find(value)).toBe(null);
  });

  test('what goes in a circle', () => {
    const ring: { next: unknown }[] = [{ next: null }];
    ring[0]!.next = ring;
    expect(find(ring)).toBe(null);
  });

  test('a list of a hundred thousand links', () => {
    let list: object = {};
    for (let i = 0; i < 100_000; i++) list = { list };
    expect(find(list)).toBe(null);
  });

  test('what is moved', () => {
    const { port1 } = new MessageChannel();
    expect(findUncopyable({ port: port1 }, 'it', new Set([port1]))).toBe(null);
    port1.close();
  });
});

describe('what cannot', () => {
  test.each(refused)('%s', (_what, value, message) => {
    expect(find(value)).toContain(message);
  });
});

test('any data is found copyable, and as soon as a function is in it, not', () => {
  const data = fc.anything({ withMap: true, withSet: true, withDate: true, withTypedArray: true, withBigInt: true });
  fc.assert(
    fc.property(data, (value) => {
      expect(find(value)).toBe(null);
      expect(find([value, { deep: [value, () => 1] }])).toBe('it[1].deep[1] is a function');
    }),
    { seed: 1, numRuns: 300 },
  );
});
