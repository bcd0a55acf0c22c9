/** Ten thousand levels deep in one task: no level may cost a stretch of the stack. */
import { describe, expect, test } from 'vitest';

import { gather, shielded, sleep, taskGroup, timeout } from '../index.ts';
import type { Awaitable } from '../index.ts';
import { attempt, gears, inGear, on } from '../testing/both-gears.ts';
import type { EitherBody, Gear } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';
import type { Stage } from '../testing/stage.ts';

/** A wait inside so many levels. */
function nested(levels: number, wait: () => EitherBody<unknown>, level: Level, gear: Gear): EitherBody<unknown> {
  return levels === 0 ? wait() : on(level(inGear(gear, () => nested(levels - 1, wait, level, gear))));
}

type Level = (body: ReturnType<typeof inGear<[], unknown>>) => Awaitable<unknown>;

/** A scope of a kind around a body, which one call makes. */
const levels: Record<string, [count: number, level: Level, came: string]> = {
  'timeouts, where the innermost waits': [10_000, (body) => timeout(1e9, body), 'TO 5'],
  'shielded scopes, which keep the cancel out': [10_000, (body) => shielded(body), 'undefined 10'],
  'groups, where the innermost body waits': [3_000, (body) => taskGroup(body), 'TO 5'],
};

function chain(stage: Stage, count: number, wait: () => EitherBody<unknown>): Awaitable<unknown> {
  const link = stage.coroutineOf((left: number): EitherBody<unknown> => (left === 0 ? wait() : on(link(left - 1))));
  return link(count);
}

describe.each(gears)('ten thousand levels in one task, in the %s gear', (gear) => {
  test.each(Object.entries(levels))(
    'of %s, end with a deadline around them',
    async (_, [count, level, came]) => {
      const lines = await play(gear, function* ({ log, loop }) {
        const body = inGear(gear, () => nested(count, () => on(sleep(10)), level, gear));
        log(yield* attempt(timeout(5, body)), loop.time());
      });
      expect(lines).toEqual([came]);
    },
    60_000,
  );

  test('of coroutines that wait for each other end with a cancel, an error and a value', async () => {
    const lines = await play(gear, function* (stage) {
      const late = chain(stage, 10_000, () => on(sleep(10)));
      stage.log(
        yield* attempt(
          timeout(
            5,
            inGear(gear, () => on(late)),
          ),
        ),
      );
      const fails = chain(stage, 10_000, function* () {
        yield* on(sleep(1));
        throw new Error('deep down');
      });
      stage.log(yield* attempt(fails));
      stage.log(yield* attempt(chain(stage, 10_000, () => on(sleep(1, 'up again')))), stage.loop.time());
    });
    expect(lines).toEqual(['TO', 'deep down', 'up again 7']);
  });

  test('and a hundred thousand coroutines one after the other that wait for nothing, or fail at once, are one step', async () => {
    const lines = await play(gear, function* (stage) {
      const nothing = stage.coroutineOf(function* (value: number): EitherBody<number> {
        if (value < 0) throw new Error('at once');
        return value;
      });
      let sum = 0;
      for (let i = 0; i < 100_000; i++) sum += yield* on(nothing(1));
      for (let i = 0; i < 300; i++) if ((yield* attempt(nothing(-1))) === 'at once') sum += 1;
      stage.log(sum, stage.tick);
    });
    expect(lines).toEqual(['100300 0']);
  });

  test('of gathers in gathers end with a deadline', async () => {
    const lines = await play(gear, function* (stage) {
      const task = stage.spawn(() => on(sleep(10)));
      let all: Awaitable<unknown> = task;
      for (let i = 0; i < 10_000; i++) all = gather([all]);
      const body = inGear(gear, () => on(all));
      stage.log(yield* attempt(timeout(5, body)), task.cancelled());
    });
    expect(lines).toEqual(['TO true']);
  });

  test('of coroutines that wait before they go deeper take the steps that they would take anyhow', async () => {
    const lines = await play(gear, function* (stage) {
      const link = stage.coroutineOf(function* (left: number): EitherBody<unknown> {
        yield* on(sleep(0));
        return left === 0 ? stage.tick : yield* on(link(left - 1));
      });
      stage.log(yield* on(link(3_000)));
    });
    expect(lines).toEqual(['3001']);
  });
});
