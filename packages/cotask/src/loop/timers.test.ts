import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { Timers } from './timers.ts';
import type { Timer } from './timers.ts';

class TestTimer implements Timer {
  readonly owner = null;
  readonly #when: number;
  #dropped = false;

  constructor(when: number) {
    this.#when = when;
  }

  when(): number {
    return this.#when;
  }

  dropped(): boolean {
    return this.#dropped;
  }

  drop(): void {
    this.#dropped = true;
  }

  run(): boolean {
    return true;
  }
}

type Operation = { add: number } | { drop: number } | { takeDueBy: number };

const time = fc.integer({ min: 0, max: 20 });
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ add: time }) },
  { weight: 3, arbitrary: fc.record({ drop: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ takeDueBy: time }) },
);

/** Takes every due timer out of both, and compares. */
function takeDue(timers: Timers, model: TestTimer[], by: number): TestTimer[] {
  const sorted = model.toSorted((a, b) => a.when() - b.when());
  const due = sorted.filter((timer) => timer.when() <= by);
  for (const timer of due) expect(timers.takeDue(by)).toBe(timer);
  expect(timers.takeDue(by)).toBe(null);
  return model.filter((timer) => !due.includes(timer));
}

test('any timers, set and cancelled in any order, come out as a stable sort would have them', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 300, size: 'max' }), (operations) => {
      const timers = new Timers();
      let model: TestTimer[] = [];
      for (const step of operations) {
        if ('add' in step) {
          const timer = new TestTimer(step.add);
          timers.add(timer);
          model.push(timer);
        } else if ('drop' in step) {
          const [timer] = model.splice(step.drop % Math.max(1, model.length), 1);
          timer?.drop();
          if (timer !== undefined) timers.noteDropped();
        } else model = takeDue(timers, model, step.takeDueBy);
        expect(timers.next()).toBe(model.length === 0 ? null : Math.min(...model.map((timer) => timer.when())));
      }
      expect(new Set(timers.pending())).toEqual(new Set(model));
      takeDue(timers, model, Infinity);
      expect(timers.empty).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('cancelled timers do not pile up behind one that is far away', () => {
  const timers = new Timers();
  timers.add(new TestTimer(1));
  let rest = 0;
  for (let i = 0; i < 10_000; i++) {
    const timer = new TestTimer(1_000 + i);
    timers.add(timer);
    timer.drop();
    timers.noteDropped();
    rest = Math.max(rest, heapSize(timers));
  }
  expect(rest).toBeLessThan(200);
  expect(timers.next()).toBe(1);
});

test('cleared, nothing is left of them', () => {
  const timers = new Timers();
  timers.add(new TestTimer(1));
  timers.clear();
  expect([timers.empty, timers.next(), timers.takeDue(Infinity), timers.pending()]).toEqual([true, null, null, []]);
});

/** How many timers it holds, cancelled ones included: each is asked once whether it was dropped. */
function heapSize(timers: Timers): number {
  let asked = 0;
  const { dropped } = TestTimer.prototype;
  TestTimer.prototype.dropped = function (this: TestTimer): boolean {
    asked += 1;
    return dropped.call(this);
  };
  timers.pending();
  TestTimer.prototype.dropped = dropped;
  return asked;
}
