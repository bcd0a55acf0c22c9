/**
 * Random programs that say the same in any build of them and in CPython: a few tasks, a few futures, bodies in bodies.
 * A task joins only tasks made before it, and the futures are set in the end, so that every program ends.
 */

import * as fc from 'fast-check';

/** One thing that a body does; its line in the transcript is `tick path words`. */
export type Operation =
  | { kind: 'yield' }
  | { kind: 'wait'; future: number }
  | { kind: 'set'; future: number }
  | { kind: 'join'; task: number }
  | { kind: 'cancel'; task: number }
  | { kind: 'body'; operations: Operation[] }
  | { kind: 'try'; operations: Operation[] }
  | { kind: 'sleep'; ms: number }
  | { kind: 'fail' }
  | { kind: 'shield'; task: number }
  | { kind: 'timeout'; ms: number; operations: Operation[] }
  | { kind: 'group'; children: Operation[][]; operations: Operation[] }
  | { kind: 'gather'; children: Operation[][] };

/** What programs may do beside taking turns: cancel tasks and catch what comes of it; sleep, fail, and open scopes. */
export interface Vocabulary {
  cancels: boolean;
  scopes: boolean;
}

/** How many futures there are, and what each task does. */
export interface Program {
  futures: number;
  tasks: Operation[][];
}

const longest = 5;
const deepest = 2;

/** Programs of 2 to 7 tasks and 1 to 4 futures. */
export function programs(vocabulary: Vocabulary): fc.Arbitrary<Program> {
  const sizes = fc.record({ tasks: fc.integer({ min: 2, max: 7 }), futures: fc.integer({ min: 1, max: 4 }) });
  return sizes.chain(({ tasks, futures }) => {
    const bodies = Array.from({ length: tasks }, (_, task) => bodyOf({ task, tasks, futures, ...vocabulary }, 0));
    return fc.record({ futures: fc.constant(futures), tasks: fc.tuple(...bodies) });
  });
}

interface Place extends Vocabulary {
  task: number;
  tasks: number;
  futures: number;
}

function bodyOf(place: Place, depth: number): fc.Arbitrary<Operation[]> {
  return fc.array(operationOf(place, depth), { maxLength: longest, size: 'max' });
}

function operationOf(place: Place, depth: number): fc.Arbitrary<Operation> {
  const choices = turns(place);
  if (place.cancels) choices.push(...cancels(place));
  if (place.scopes) choices.push(...times(place));
  if (depth < deepest) choices.push(...nests(place, bodyOf(place, depth + 1)));
  return fc.oneof(...choices);
}

type Choice = fc.WeightedArbitrary<Operation>;

function choice(weight: number, arbitrary: fc.Arbitrary<Operation>): Choice {
  return { weight, arbitrary };
}

function turns({ task, futures }: Place): Choice[] {
  const future = fc.nat({ max: futures - 1 });
  return [
    choice(3, fc.constant({ kind: 'yield' })),
    choice(
      3,
      future.map((number) => ({ kind: 'wait', future: number })),
    ),
    choice(
      2,
      future.map((number) => ({ kind: 'set', future: number })),
    ),
    ...withEarlierTask(2, 'join', task),
  ];
}

function withEarlierTask(weight: number, kind: 'join' | 'shield', task: number): Choice[] {
  return task === 0
    ? []
    : [
        choice(
          weight,
          fc.nat({ max: task - 1 }).map((number) => ({ kind, task: number })),
        ),
      ];
}

function cancels({ tasks }: Place): Choice[] {
  return [
    choice(
      2,
      fc.nat({ max: tasks - 1 }).map((task) => ({ kind: 'cancel', task })),
    ),
  ];
}

const ms = fc.nat({ max: 4 });

function times({ task }: Place): Choice[] {
  return [
    choice(
      3,
      ms.map((number) => ({ kind: 'sleep', ms: number })),
    ),
    choice(1, fc.constant({ kind: 'fail' })),
    ...withEarlierTask(1, 'shield', task),
  ];
}

function nests(place: Place, inner: fc.Arbitrary<Operation[]>): Choice[] {
  const children = fc.array(inner, { maxLength: 3 });
  const choices = [
    choice(
      2,
      inner.map((operations) => ({ kind: 'body', operations })),
    ),
  ];
  if (place.cancels)
    choices.push(
      choice(
        2,
        inner.map((operations) => ({ kind: 'try', operations })),
      ),
    );
  if (!place.scopes) return choices;
  return [
    ...choices,
    choice(2, fc.record({ kind: fc.constant('timeout'), ms, operations: inner })),
    choice(2, fc.record({ kind: fc.constant('group'), children, operations: inner })),
    choice(1, fc.record({ kind: fc.constant('gather'), children })),
  ];
}

/** What an operation says of itself in the transcript. */
export function words(operation: Operation): string {
  switch (operation.kind) {
    case 'wait':
    case 'set':
      return `${operation.kind} f${operation.future}`;
    case 'join':
    case 'cancel':
    case 'shield':
      return `${operation.kind} t${operation.task}`;
    case 'sleep':
    case 'timeout':
      return `${operation.kind} ${operation.ms}`;
    default:
      return operation.kind;
  }
}
