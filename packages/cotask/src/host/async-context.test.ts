import { describe, expect, test } from 'vitest';

import { VariableContext, createAsyncContext } from './async-context.ts';
import type { AsyncContext } from './async-context.ts';

interface Store {
  readonly name: string;
}

const contexts: readonly [string, () => AsyncContext<Store>][] = [
  ['carried by the platform', () => createAsyncContext<Store>()],
  ['kept in a variable', () => new VariableContext<Store>()],
];

describe.each(contexts)('a context %s', (_name, make) => {
  test('is empty until a store is set, and again afterwards', () => {
    const context = make();
    const inside = context.run({ name: 'a' }, () => context.get()?.name);
    expect([context.get(), inside, context.get()]).toEqual([undefined, 'a', undefined]);
  });

  test('is captured, and entered again with arguments, this and result', () => {
    const context = make();
    const frame = context.run({ name: 'a' }, () => context.capture());
    const self = { factor: 2 };
    const result = frame.runInAsyncScope(
      function (this: typeof self, n: number) {
        return [context.get()?.name, n * this.factor];
      },
      self,
      21,
    );
    expect(result).toEqual(['a', 42]);
    expect(context.get()).toBe(undefined);
  });

  test('is captured with another store, which leaves the current one alone', () => {
    const context = make();
    context.run({ name: 'a' }, () => {
      const frame = context.captureWith({ name: 'b' });
      expect(frame.runInAsyncScope(() => context.get()?.name, undefined)).toBe('b');
      expect(context.get()?.name).toBe('a');
    });
  });

  test('is left as it was by a function that throws', () => {
    const context = make();
    const frame = context.captureWith({ name: 'a' });
    const fail = (): never => {
      throw new Error('boom');
    };
    expect(() => frame.runInAsyncScope(fail, undefined)).toThrow('boom');
    expect(() => context.run({ name: 'a' }, fail)).toThrow('boom');
    expect(context.get()).toBe(undefined);
  });
});

test('a variable follows what a wake assumes; the platform needs no hint', () => {
  const variable = new VariableContext<Store>();
  variable.assume({ name: 'a' });
  expect(variable.get()?.name).toBe('a');
  variable.assume(undefined);
  expect(variable.get()).toBe(undefined);
  const carried = createAsyncContext<Store>();
  carried.assume({ name: 'a' });
  expect(carried.get()).toBe(undefined);
  expect([variable.carried, carried.carried]).toEqual([false, true]);
});
