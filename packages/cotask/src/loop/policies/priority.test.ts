import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { priority, sleep } from '../../index.ts';
import { gears, on } from '../../testing/both-gears.ts';
import { madeStep } from '../../testing/made-step.ts';
import { play } from '../../testing/stage.ts';
import type { Step } from '../step.ts';

const step = (level: number, readyAt = 0): Step => madeStep(`level ${level}`, { priority: level, readyAt });

test('the steps of the highest level run, in the order in which they became ready, then those of the next', () => {
  const [a, b, c, d] = [step(1), step(5), step(5), step(3)];
  const arrange = priority().begin();
  expect(arrange([a, b, c, d], 1)).toEqual([b, c]);
  expect(arrange([], 2)).toEqual([d]);
  expect(arrange([], 3)).toEqual([a]);
});

test('a step rises by its ageing with each iteration that passes it over', () => {
  const low = step(0, 0);
  const arrange = priority({ ageing: 2 }).begin();
  const runs = (iteration: number): boolean =>
    arrange([...(iteration === 1 ? [low] : []), step(10, iteration - 1)], iteration).includes(low);
  expect([1, 2, 3, 4, 5, 6].map(runs)).toEqual([false, false, false, false, false, true]);
});

test('no step starves: n levels below, it runs before all that become ready n / ageing iterations after it', () => {
  const levels = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(levels, fc.constantFrom(0.5, 1, 3), fc.integer({ min: -60, max: 50 }), (busy, ageing, level) => {
      const arrange = priority({ ageing }).begin();
      const low = step(level, 0);
      // Whoever of the busy ones has run is ready again in the next iteration.
      let ready = [low, ...busy.map((each) => step(each, 0))];
      let chosen: readonly Step[] = [];
      for (let iteration = 1; !chosen.includes(low); iteration++) {
        chosen = arrange(ready, iteration);
        for (const each of chosen) {
          const gap = Math.max(0, each.owner.priority - level);
          expect(each === low || each.readyAt <= gap / ageing).toBe(true);
        }
        ready = chosen.map((each) => step(each.owner.priority, iteration));
        expect(iteration).toBeLessThan(busy.length * (Math.ceil(110 / ageing) + 2));
      }
    }),
  );
});

test('of any steps that come at any time one whole level is chosen, the highest, and none is lost', () => {
  const made = fc.array(fc.integer({ min: -20, max: 20 }), { maxLength: 12 });
  fc.assert(
    fc.property(fc.array(made, { maxLength: 20 }), fc.constantFrom(1, 2.5), (rounds, ageing) => {
      const arrange = priority({ ageing }).begin();
      let left: Step[] = [];
      for (let iteration = 1; iteration <= rounds.length || left.length > 0; iteration++) {
        const ready = (rounds[iteration - 1] ?? []).map((level) => step(level, iteration - 1));
        left.push(...ready);
        const levelOf = (each: Step): number => each.owner.priority + (iteration - each.readyAt - 1) * ageing;
        const highest = Math.max(...left.map(levelOf));
        expect(arrange(ready, iteration)).toEqual(left.filter((each) => levelOf(each) === highest));
        left = left.filter((each) => levelOf(each) !== highest);
      }
    }),
  );
});

describe.each(gears)('a loop with priorities, in the %s gear', (gear) => {
  const policy = priority();

  test('runs urgent tasks first, and the others when these wait', async () => {
    const lines = await play(
      gear,
      function* (stage) {
        const worker = (name: string, level: number) =>
          stage.spawn(
            function* () {
              for (let i = 0; i < 3; i++) {
                stage.log(name, i);
                yield* on(sleep(0));
              }
            },
            { priority: level },
          );
        for (const task of [worker('low', 0), worker('high', 100), worker('high too', 100)]) yield* on(task);
      },
      { policy },
    );
    const high = [0, 1, 2].flatMap((i) => [`high ${i}`, `high too ${i}`]);
    expect(lines).toEqual([...high, 'low 0', 'low 1', 'low 2']);
  });

  test('runs a low task in the end, though urgent ones never wait', async () => {
    const lines = await play(
      gear,
      function* (stage) {
        let done = false;
        const urgent = stage.spawn(
          function* () {
            let turns = 0;
            while (!done) {
              turns += 1;
              yield* on(sleep(0));
            }
            return turns;
          },
          { priority: 10 },
        );
        const low = stage.spawn(
          function* () {
            done = true;
          },
          { priority: 0 },
        );
        yield* on(low);
        stage.log((yield* on(urgent)) <= 14);
      },
      { policy },
    );
    expect(lines).toEqual(['true']);
  });

  test('leaves plain callbacks in their places', async () => {
    const lines = await play(
      gear,
      function* (stage) {
        stage.loop.callSoon(() => stage.log('first'));
        const low = stage.spawn(function* () {
          stage.log('low');
        });
        stage.loop.callSoon(() => stage.log('second'));
        const high = stage.spawn(
          function* () {
            stage.log('high');
          },
          { priority: 5 },
        );
        stage.loop.callSoon(() => stage.log('third'));
        yield* on(low);
        yield* on(high);
      },
      { policy },
    );
    expect(lines).toEqual(['first', 'high', 'second', 'third', 'low']);
  });

  test('takes a priority that is changed while the task waits', async () => {
    const lines = await play(
      gear,
      function* (stage) {
        const worker = (name: string) =>
          stage.spawn(function* () {
            yield* on(sleep(1));
            stage.log(name);
          });
        const [a, b] = [worker('a'), worker('b')];
        yield* on(sleep(0));
        b.priority = 3;
        yield* on(a);
        yield* on(b);
      },
      { policy },
    );
    expect(lines).toEqual(['b', 'a']);
  });
});
