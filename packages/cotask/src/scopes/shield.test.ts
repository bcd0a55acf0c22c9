import { describe, expect, test } from 'vitest';

import { createTask, shield, sleep } from '../index.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { gated } from '../testing/gated-kind.ts';
import { play } from '../testing/stage.ts';

describe.each(gears)('shield(), in the %s gear', (gear) => {
  const kind = gated((_, gate) => () => shield(gate()), { beginsAtOnce: true, ticks: 1 });
  test.each(contractOf(kind, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('a shield, in the %s gear', (gear) => {
  test('passes a value and an error on', async () => {
    const lines = await play(gear, function* (stage) {
      const bad = stage.coroutineOf(function* () {
        yield* on(sleep(1));
        throw new Error('broken');
      });
      stage.log(yield* on(shield(sleep(1, 'value'))), yield* attempt(shield(bad())));
    });
    expect(lines).toEqual(['value broken']);
  });

  test('keeps a cancel off what it shields, which goes on', async () => {
    const lines = await play(gear, function* (stage) {
      const inner = createTask(sleep(5, 'went on'));
      const outer = stage.spawn(() => on(shield(inner)));
      yield* on(sleep(1));
      outer.cancel('x');
      stage.log(yield* attempt(outer), inner.done(), inner.cancelling());
      stage.log(yield* on(inner), stage.loop.time());
    });
    expect(lines).toEqual(['C(x) false 0', 'went on 5']);
  });

  test('ends cancelled when what it shields is cancelled', async () => {
    const lines = await play(gear, function* (stage) {
      const inner = createTask(sleep(5));
      const shielded = shield(inner);
      yield* on(sleep(1));
      inner.cancel('inside');
      stage.log(yield* attempt(shielded), shielded.cancelled());
    });
    expect(lines).toEqual(['C(inside) true']);
  });

  test('of what is done is that itself', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const future = loop.createFuture<string>();
      future.setResult('v');
      log(shield(future) === future);
    });
    expect(lines).toEqual(['true']);
  });

  test('makes a task of a coroutine at once', async () => {
    const lines = await play(gear, function* (stage) {
      const work = stage.coroutineOf(function* () {
        stage.log('begun');
      });
      const shielded = shield(work());
      yield* on(sleep(1));
      stage.log(shielded.done());
    });
    expect(lines).toEqual(['begun', 'true']);
  });

  test('costs one iteration', async () => {
    const lines = await play(gear, function* (stage) {
      const plain = stage.tick;
      yield* on(createTask(sleep(0)));
      const shielded = stage.tick;
      yield* on(shield(createTask(sleep(0))));
      stage.log(shielded - plain, stage.tick - shielded);
    });
    expect(lines).toEqual(['3 4']);
  });

  test('that was cancelled leaves an error that comes later to be reported', async () => {
    const lines = await play(gear, function* (stage) {
      const inner = stage.spawn(
        function* () {
          yield* on(sleep(2));
          throw new Error('broken');
        },
        { name: 'inner' },
      );
      const outer = stage.spawn(() => on(shield(inner)));
      yield* on(sleep(1));
      outer.cancel('x');
      stage.log(yield* attempt(outer));
      yield* on(sleep(2));
      stage.log('end');
    });
    expect(lines).toEqual(['C(x)', 'end', 'reported: task "inner" failed, and nobody looked at its error: broken']);
  });
});
