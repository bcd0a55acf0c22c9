import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { priority, sleep } from '../../index.ts';
import { gears, on } from '../../testing/both-gears.ts';
import { play } from '../../testing/stage.ts';
import type { Step } from '../step.ts';

const step = (level: number, readyAt = 0): Step => ({
  owner: { name: `level ${level}`, priority: level },
  readyAt,
  run: () => true,
  settlesOnly: () => false,
});

test('the steps of the highest level run, in the order in which they became ready', () => {
  const [a, b, c, d] = [step(1), step(5), step(5), step(3)];
  expect(priority().arrange([a, b, c, d], 1)).toEqual([b, c]);
});

test('a step rises by its ageing with each iteration that passes it over', () => {
  const low = step(0, 0);
  const policy = priority({ ageing: 2 });
  const runs = (iteration: number): boolean => policy.arrange([low, step(10, iteration - 1)], iteration).includes(low);
  expect([1, 2, 3, 4, 5, 6].map(runs)).toEqual([false, false, false, false, false, true]);
});

test('no step starves: n levels below busy ones it runs within n / ageing iterations and one', () => {
  const levels = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(levels, fc.constantFrom(0.5, 1, 3), fc.integer({ min: -60, max: 50 }), (busy, ageing, level) => {
      const policy = priority({ ageing });
      const gap = Math.max(0, Math.max(...busy) - level);
      const low = step(level, 0);
      // The busy ones are ready again in every iteration.
      const isChosen = (iteration: number): boolean =>
        policy.arrange([low, ...busy.map((each) => step(each, iteration - 1))], iteration).includes(low);
      const within = Math.ceil(gap / ageing) + 1;
      expect(Array.from({ length: within }, (_, i) => i + 1).some(isChosen)).toBe(true);
    }),
  );
});

test('of any steps whole levels are chosen, the highest first: that one, or of many steps a sixteenth', () => {
  const made = fc.record({ level: fc.integer({ min: -20, max: 20 }), readyAt: fc.nat({ max: 9 }) });
  fc.assert(
    fc.property(
      fc.array(made, { minLength: 1, maxLength: 100, size: 'max' }),
      fc.constantFrom(1, 2.5),
      (list, ageing) => {
        const steps = list.map(({ level, readyAt }) => step(level, readyAt)).toSorted((a, b) => a.readyAt - b.readyAt);
        const levelOf = (each: Step): number => each.owner.priority + (10 - each.readyAt - 1) * ageing;
        const sorted = steps.toSorted((a, b) => levelOf(b) - levelOf(a));
        const lowest = sorted[steps.length < 32 ? 0 : Math.floor(steps.length / 16)];
        if (lowest === undefined) throw new TypeError('some step is the lowest chosen');
        expect(priority({ ageing }).arrange(steps, 10)).toEqual(
          sorted.filter((each) => levelOf(each) >= levelOf(lowest)),
        );
      },
    ),
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
