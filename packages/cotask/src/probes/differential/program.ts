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
  | { kind: 'try'; operations: Operation[] };

/** How many futures there are, and what each task does. */
export interface Program {
  futures: number;
  tasks: Operation[][];
}

const longest = 5;
const deepest = 2;

/** Programs of 2 to 7 tasks and 1 to 4 futures; with `cancels` they also cancel tasks and catch what comes of it. */
export function programs(options: { cancels: boolean }): fc.Arbitrary<Program> {
  const sizes = fc.record({ tasks: fc.integer({ min: 2, max: 7 }), futures: fc.integer({ min: 1, max: 4 }) });
  return sizes.chain(({ tasks, futures }) => {
    const bodies = Array.from({ length: tasks }, (_, task) => bodyOf({ task, tasks, futures, ...options }, 0));
    return fc.record({ futures: fc.constant(futures), tasks: fc.tuple(...bodies) });
  });
}

interface Place {
  task: number;
  tasks: number;
  futures: number;
  cancels: boolean;
}

function bodyOf(place: Place, depth: number): fc.Arbitrary<Operation[]> {
  return fc.array(operationOf(place, depth), { maxLength: longest, size: 'max' });
}

function operationOf(place: Place, depth: number): fc.Arbitrary<Operation> {
  const future = fc.nat({ max: place.futures - 1 });
  const choices: fc.MaybeWeightedArbitrary<Operation>[] = [
    { weight: 3, arbitrary: fc.constant({ kind: 'yield' }) },
    { weight: 3, arbitrary: future.map((number) => ({ kind: 'wait', future: number })) },
    { weight: 2, arbitrary: future.map((number) => ({ kind: 'set', future: number })) },
  ];
  if (place.task > 0) {
    choices.push({ weight: 2, arbitrary: fc.nat({ max: place.task - 1 }).map((task) => ({ kind: 'join', task })) });
  }
  if (place.cancels) {
    choices.push({ weight: 2, arbitrary: fc.nat({ max: place.tasks - 1 }).map((task) => ({ kind: 'cancel', task })) });
  }
  if (depth < deepest) {
    const inner = bodyOf(place, depth + 1);
    choices.push({ weight: 2, arbitrary: inner.map((operations) => ({ kind: 'body', operations })) });
    if (place.cancels) choices.push({ weight: 2, arbitrary: inner.map((operations) => ({ kind: 'try', operations })) });
  }
  return fc.oneof(...choices);
}

/** What an operation says of itself in the transcript. */
export function words(operation: Operation): string {
  switch (operation.kind) {
    case 'wait':
    case 'set':
      return `${operation.kind} f${operation.future}`;
    case 'join':
    case 'cancel':
      return `${operation.kind} t${operation.task}`;
    default:
      return operation.kind;
  }
}
