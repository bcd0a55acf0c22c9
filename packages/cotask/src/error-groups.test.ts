import { describe, expect, expectTypeOf, test } from 'vitest';

import { CancelledError, TaskGroupError, splitErrors } from './index.ts';
import type { SplitErrors } from './index.ts';
import { show } from './testing/transcript.ts';

class HttpError extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`status ${status}`);
    this.status = status;
  }
}

const nested = new TaskGroupError(
  [
    new RangeError('a'),
    new TaskGroupError([new HttpError(404), new TypeError('b'), new TaskGroupError([new HttpError(500)])], 'inner'),
    new HttpError(403),
  ],
  'outer',
  { cause: 'a cause' },
);

const shown = ({ matched, rest }: SplitErrors<unknown>): string[] => [show(matched), show(rest)];

describe('split()', () => {
  test('parts by class, and keeps the nesting', () => {
    expect(shown(nested.split(HttpError))).toEqual(['G[G[status 404, G[status 500]], status 403]', 'G[a, G[b]]']);
  });

  test('parts by what a function says', () => {
    const parts = nested.split((error) => error instanceof HttpError && error.status >= 500);
    expect(shown(parts)).toEqual(['G[G[G[status 500]]]', 'G[a, G[status 404, b], status 403]']);
  });

  test('gives null for a part without an error, and the group itself for the whole', () => {
    expect(nested.split(SyntaxError)).toEqual({ matched: null, rest: nested });
    expect(nested.split(SyntaxError).rest).toBe(nested);
    expect(nested.split(Error)).toEqual({ matched: nested, rest: null });
    expect(nested.split(TaskGroupError).matched).toBe(nested);
  });

  test('does not look into a nested group that is meant itself', () => {
    const parts = nested.split((error) => error instanceof Error && error.message === 'inner');
    expect(shown(parts)).toEqual(['G[G[status 404, b, G[status 500]]]', 'G[a, status 403]']);
  });

  test('keeps message, stack and cause, the very errors, and changes nothing', () => {
    const before = nested.errors.length;
    const { matched } = nested.split(RangeError);
    expect(matched?.message).toBe('outer');
    expect(matched?.stack).toBe(nested.stack);
    expect(matched?.cause).toBe('a cause');
    expect(matched?.code).toBe('COTASK_TASK_GROUP');
    expect(matched?.errors[0]).toBe(nested.errors[0]);
    expect(nested.errors).toHaveLength(before);
    expect('cause' in (new TaskGroupError([new Error('x'), 1]).split(Error).rest ?? {})).toBe(false);
  });

  test('takes what is no error, null and undefined among it, for what it is', () => {
    const odd = new TaskGroupError([null, undefined, 'text', new Error('x')]);
    expect(shown(odd.split((error) => error === undefined || error === null))).toEqual([
      'G[null, undefined]',
      'G[text, x]',
    ]);
  });

  test('takes a plain AggregateError for one error', () => {
    const group = new TaskGroupError([new AggregateError([new HttpError(404)], 'several')]);
    expect(shown(group.split(HttpError))).toEqual(['null', 'G[several]']);
    expect(shown(group.split(AggregateError))[1]).toBe('null');
  });
});

test('subgroup() is the part that is meant', () => {
  expect(show(nested.subgroup(HttpError))).toBe('G[G[status 404, G[status 500]], status 403]');
  expect(nested.subgroup(SyntaxError)).toBe(null);
});

test('leaves() are all errors in their order, or those of a class', () => {
  expect(nested.leaves().map(show)).toEqual(['a', 'status 404', 'b', 'status 500', 'status 403']);
  const found = nested.leaves(HttpError);
  expect(found.map(({ status }) => status)).toEqual([404, 500, 403]);
  expectTypeOf(found).toEqualTypeOf<HttpError[]>();
  expectTypeOf(nested.leaves()).toEqualTypeOf<unknown[]>();
});

describe('splitErrors()', () => {
  test('parts a group', () => {
    expect(shown(splitErrors(nested, RangeError))).toEqual(['G[a]', 'G[G[status 404, b, G[status 500]], status 403]']);
  });

  test('gives a single error that is meant as a group, and any other as the rest', () => {
    const error = new HttpError(404);
    const { matched, rest } = splitErrors(error, HttpError);
    expect(matched?.errors).toEqual([error]);
    expect(rest).toBe(null);
    expect(splitErrors(error, RangeError)).toEqual({ matched: null, rest: error });
  });

  test('leaves a cancel to be thrown again', () => {
    const cancel = new CancelledError();
    expect(splitErrors(cancel, HttpError).rest).toBe(cancel);
  });

  test('is typed', () => {
    expectTypeOf(splitErrors(nested, HttpError)).toEqualTypeOf<SplitErrors<unknown>>();
    expectTypeOf(nested.split(HttpError).rest).toEqualTypeOf<TaskGroupError | null>();
    // @ts-expect-error the name of a class is no class
    void (() => splitErrors(nested, 'HttpError'));
    // @ts-expect-error a filter answers yes or no
    void (() => nested.split(() => 'yes'));
  });
});
