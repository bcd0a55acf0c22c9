import { describe, expect, expectTypeOf, test } from 'vitest';

import { fromCallback, sleep, timeout } from '../index.ts';
import type { Awaitable, Done } from '../index.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import type { AwaitableKind } from '../testing/awaitable-contract.ts';
import { attempt, gears, inGear, on } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';

/** Calls back when the test says so; counts how often it was begun and undone. */
const callingBack: AwaitableKind = {
  value: 'value',
  fails: true,
  make({ loop }) {
    const open = new Set<Done<[string]>>();
    const first = (): Done<[string]> => {
      const [done] = open;
      if (done === undefined) throw new TypeError('nobody waits');
      return done;
    };
    return {
      wait: () =>
        fromCallback<string>((done) => {
          open.add(done);
          return () => open.delete(done);
        }),
      *complete(after) {
        for (const done of open) done(null, 'value');
        open.clear();
        after?.();
      },
      *fail(error, after) {
        first()(error);
        open.clear();
        after?.();
      },
      left: () => [
        ...(loop.foreignWaits === 0 ? [] : [`${loop.foreignWaits} foreign waits`]),
        ...(open.size === 0 ? [] : [`${open.size} callbacks`]),
      ],
    };
  },
};

describe.each(gears)('fromCallback(), in the %s gear', (gear) => {
  test.each(contractOf(callingBack, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });

  test('waits for real functions of the platform, and throws their errors', async () => {
    const { readFile } = await import('node:fs');
    const lines = await play(gear, function* ({ log }) {
      const read = (path: string): Awaitable<string> => fromCallback<string>((done) => readFile(path, 'utf8', done));
      log((yield* on(read(import.meta.filename))).length > 100);
      try {
        yield* on(read('/there/is/no/such/file'));
      } catch (error) {
        log((error as { code: string }).code);
      }
    });
    expect(lines).toEqual(['true', 'ENOENT']);
  });

  test('gives the first of several results, or all of them', async () => {
    const lines = await play(gear, function* ({ log }) {
      const start = (done: Done<[number, string]>): void => done(null, 1, 'b');
      log(yield* on(fromCallback<number>(start as (done: Done<[number]>) => void)));
      log(yield* on(fromCallback(start, { multiple: true })));
      log(yield* on(fromCallback<void>((done) => done())));
    });
    expect(lines).toEqual(['1', '[1, b]', 'undefined']);
  });

  test('begins anew each time it is waited for, and throws what its beginning throws', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      let count = 0;
      const counting = fromCallback<number>((done) => done(null, ++count));
      log(yield* on(counting), yield* on(counting));
      const broken = fromCallback(() => {
        throw new Error('broken');
      });
      log(yield* attempt(broken), loop.foreignWaits);
    });
    expect(lines).toEqual(['1 2', 'broken 0']);
  });

  test('drops what comes after a cancel, and a second call', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      let done: Done<[string]> = () => {};
      const waiting = fromCallback<string>((given) => void (done = given));
      log(
        yield* attempt(
          timeout(
            1,
            inGear(gear, () => on(waiting)),
          ),
        ),
        loop.foreignWaits,
      );
      done(null, 'late');
      const twice = fromCallback<string>((given) => {
        given(null, 'first');
        given(new Error('second'));
      });
      log(yield* attempt(twice), yield* attempt(sleep(1, 'free')));
    });
    expect(lines).toEqual(['TO 0', 'first free']);
  });
});

test('fromCallback() is typed', async () => {
  const { readFile } = await import('node:fs');
  expectTypeOf(fromCallback<string>((done) => readFile('a', 'utf8', done))).toEqualTypeOf<Awaitable<string>>();
  const start = (done: Done<[address: string, family: number]>): void => done(null, 'a', 4);
  expectTypeOf(fromCallback(start, { multiple: true })).toEqualTypeOf<Awaitable<[address: string, family: number]>>();
  // @ts-expect-error the file gives a buffer
  void (() => fromCallback<string>((done) => readFile('a', done)));
});

test('a wrong call of fromCallback() is refused', () => {
  expect(() => fromCallback(5 as never)).toThrow(expect.objectContaining({ code: 'COTASK_BAD_OPTION' }));
  expect(() => fromCallback(() => {}, { all: true } as never)).toThrow(/all/);
});
