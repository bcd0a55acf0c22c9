/**
 * Random programs for invariants that hold whatever the order: trees of tasks, groups, races, maps, timeouts, shields,
 * locks, semaphores and queues, cancelled at random moments. Whatever waits for ever is ended by a cancel or by the deadline of the whole.
 */
import * as fc from 'fast-check';

/** One thing that a body does. */
export type Action =
  | { kind: 'turn' }
  | { kind: 'sleep'; ms: number }
  | { kind: 'fail' }
  | { kind: 'token' }
  | { kind: 'put'; queue: number }
  | { kind: 'get'; queue: number }
  | { kind: 'set'; event: number }
  | { kind: 'wait'; event: number }
  | { kind: 'cancel'; task: number }
  | { kind: 'join'; task: number }
  | { kind: 'lock'; lock: number; body: Action[] }
  | { kind: 'permit'; semaphore: number; body: Action[] }
  | { kind: 'timeout'; ms: number; body: Action[] }
  | { kind: 'group'; children: Child[]; body: Action[] }
  | { kind: 'end group' }
  | { kind: 'gather'; children: Action[][] }
  | { kind: 'race'; children: Action[][]; valuesOnly: boolean }
  | { kind: 'map'; children: Action[][]; concurrency: number; way: MapWay }
  | { kind: 'retry'; attempts: number; ms: number; body: Action[] }
  | { kind: 'shield'; body: Action[] }
  | { kind: 'shielded'; limit: number; body: Action[] }
  | { kind: 'signal'; ms: number; body: Action[] }
  | { kind: 'local'; body: Action[] }
  | { kind: 'try'; body: Action[]; cleanUp: Action[] };

/** How the results of a map are taken. */
export type MapWay = 'map' | 'settle' | 'pull' | 'forEach';

/** One task of a group: how it is made, and what it does. */
export interface Child {
  readonly how: 'task' | 'eager' | 'start';
  readonly body: Action[];
}

/** Somebody outside who cancels the nth task that was made, so many milliseconds and turns after the start. */
export interface Blow {
  readonly task: number;
  readonly ms: number;
  readonly turns: number;
}

/** What the tasks of a program share, what its main task does, and who strikes when. */
export interface Program {
  readonly locks: number;
  readonly permits: readonly number[];
  readonly queueSizes: readonly number[];
  readonly events: number;
  readonly main: Action[];
  readonly blows: readonly Blow[];
}

const deepest = 4;
const two = fc.nat({ max: 1 });
const anyTask = fc.nat({ max: 9 });
const ms = fc.nat({ max: 6 });

const simple: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Action>({ kind: 'turn' }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('sleep' as const), ms }) },
  { weight: 1, arbitrary: fc.constant<Action>({ kind: 'fail' }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('put' as const), queue: two }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('get' as const), queue: two }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('set' as const), event: two }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), event: two }) },
  { weight: 3, arbitrary: fc.constant<Action>({ kind: 'token' }) },
  { weight: 1, arbitrary: fc.constant<Action>({ kind: 'end group' }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), task: anyTask }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('join' as const), task: anyTask }) },
);

const how = fc.constantFrom<Child['how'][]>('task', 'eager', 'start');
const way = fc.constantFrom<MapWay[]>('map', 'settle', 'pull', 'forEach');

function childOf(body: fc.Arbitrary<Action[]>): fc.Arbitrary<Child> {
  return fc.record({ how, body });
}

function bodyOf(depth: number): fc.Arbitrary<Action[]> {
  return fc.array(depth < deepest ? fc.oneof({ weight: 3, arbitrary: simple }, nested(depth)) : simple, {
    maxLength: 4,
    size: 'max',
  });
}

function nested(depth: number): fc.WeightedArbitrary<Action> {
  const body = bodyOf(depth + 1);
  const children = fc.array(body, { maxLength: 3 });
  return {
    weight: 2,
    arbitrary: fc.oneof(
      fc.record({ kind: fc.constant('lock' as const), lock: two, body }),
      fc.record({ kind: fc.constant('permit' as const), semaphore: two, body }),
      fc.record({ kind: fc.constant('timeout' as const), ms, body }),
      fc.record({ kind: fc.constant('group' as const), children: fc.array(childOf(body), { maxLength: 3 }), body }),
      fc.record({ kind: fc.constant('gather' as const), children }),
      fc.record({ kind: fc.constant('race' as const), children, valuesOnly: fc.boolean() }),
      fc.record({ kind: fc.constant('map' as const), children, concurrency: fc.integer({ min: 1, max: 3 }), way }),
      fc.record({ kind: fc.constant('retry' as const), attempts: fc.integer({ min: 1, max: 3 }), ms, body }),
      fc.record({ kind: fc.constant('shield' as const), body }),
      fc.record({ kind: fc.constant('shielded' as const), limit: fc.constantFrom(0, 3, 50), body }),
      fc.record({ kind: fc.constant('signal' as const), ms, body }),
      fc.record({ kind: fc.constant('local' as const), body }),
      fc.record({ kind: fc.constant('try' as const), body, cleanUp: bodyOf(deepest) }),
    ),
  };
}

/** Programs whose tasks share two locks, two semaphores, two queues and two events. */
export const programs: fc.Arbitrary<Program> = fc.record({
  locks: fc.constant(2),
  permits: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 3 })),
  queueSizes: fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 2 })),
  events: fc.constant(2),
  main: fc.array(nested(0).arbitrary, { minLength: 1, maxLength: 4 }),
  blows: fc.array(fc.record({ task: anyTask, ms, turns: fc.nat({ max: 3 }) }), { maxLength: 5 }),
});
