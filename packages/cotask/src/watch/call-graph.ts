/** Who awaits whom, as a tree (asyncio's call graphs of 3.14). It is found in the waiters when somebody asks. */
import { MisuseError } from '../errors.ts';
import { refuseUnknownOptions } from '../options.ts';
import { currentTask } from '../tasks/ensure-future.ts';
import { isFuture } from '../tasks/future.ts';
import type { Future } from '../tasks/future.ts';
import { captureStack, readFrames } from '../tasks/places.ts';
import { formatStack, stackOf } from '../tasks/task-stack.ts';
import type { StackEntry } from '../tasks/task-stack.ts';
import { Task } from '../tasks/task.ts';
import { awaitersOf } from '../tasks/who-waits.ts';
import { addedAwaiters } from './awaited-by.ts';

/** A future, what it stands at, and who awaits it: plain data, ready for `JSON.stringify`. */
export interface CallGraph {
  /** The name of the task, or the label of the future. */
  readonly name: string;
  /** What the task awaits the one below it through: a gather, a group; null for the future itself. */
  readonly via: string | null;
  /** What the task stands at, the innermost first. */
  readonly callStack: readonly StackEntry[];
  /** The tasks that await it. */
  readonly awaitedBy: readonly CallGraph[];
  /** True where it stands in the tree already, above: who awaits it is told there, and a circle ends here. */
  readonly repeated: boolean;
}

/** Options of a call graph. */
export interface CallGraphOptions {
  /** So many entries of each stack, the innermost first; all by default. */
  limit?: number;
}

/**
 * Who awaits a task or a future, and who awaits that, up to the top; by default of the task that runs this line.
 *
 * @example
 * ```ts
 * import { captureCallGraph, coroutine, createTask, gather, run, sleep } from 'cotask';
 *
 * const main = coroutine(async () => {
 *   const task = createTask(sleep(2), { name: 'a' });
 *   const all = gather([task]);
 *   createTask(coroutine(async () => console.log(captureCallGraph(task)?.awaitedBy.map(({ name }) => name)))()); // ['main']
 *   await all;
 * });
 * await run(main());
 * ```
 * @returns null when no future is given and no task runs this line.
 */
export function captureCallGraph(
  future: Future<unknown> | null = currentTask(),
  options: CallGraphOptions = {},
): CallGraph | null {
  if (future !== null && !isFuture(future))
    throw new MisuseError('COTASK_BAD_OPTION', `a call graph is one of a task or a future, got ${typeof future}`);
  refuseUnknownOptions('captureCallGraph()', options, ['limit']);
  return future === null ? null : graphOf(future, options.limit ?? Infinity);
}

/** Without recursion: a chain of tasks may be longer than the stack is deep. */
function graphOf(first: Future<unknown>, limit: number): CallGraph | null {
  const top: CallGraph[] = [];
  const seen = new Set<Future<unknown>>();
  const left: { future: Future<unknown>; via: string | null; into: CallGraph[] }[] = [
    { future: first, via: null, into: top },
  ];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { future, via, into } = next;
    const repeated = seen.has(future);
    seen.add(future);
    const name = future instanceof Task ? future.name : future.label;
    const awaitedBy: CallGraph[] = [];
    into.push({ name, via, callStack: repeated ? [] : stackNow(future, limit), awaitedBy, repeated });
    const above = repeated ? [] : [...awaitersOf(future, () => true), ...addedAwaiters(future)];
    for (const awaiter of above.toReversed()) left.push({ future: awaiter.task, via: awaiter.via, into: awaitedBy });
  }
  return top[0] ?? null;
}

/** The task that runs this line stands where it calls. */
function stackNow(future: Future<unknown>, limit: number): StackEntry[] {
  if (!(future instanceof Task)) return [];
  return future === currentTask() ? readFrames(captureStack()).slice(0, limit) : stackOf(future, limit);
}

/** The same as text, a hundred levels of it: the margin grows with each. */
export function formatCallGraph(
  future: Future<unknown> | null = currentTask(),
  options: CallGraphOptions = {},
): string {
  const graph = captureCallGraph(future, options);
  return graph === null ? '' : formatGraph(graph);
}

/** Each level has a wider margin: the text of a chain of thousands would be hundreds of megabytes. */
const mostLevels = 100;

function formatGraph(top: CallGraph): string {
  let text = '';
  let higher = 0;
  const left = [{ graph: top, level: 0 }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { graph, level } = next;
    if (level < mostLevels) text += formatLevel(graph, '    '.repeat(level));
    else higher += 1;
    for (const above of graph.awaitedBy.toReversed()) left.push({ graph: above, level: level + 1 });
  }
  return higher === 0 ? text : `${text}… and ${higher} more above the ${mostLevels} levels told\n`;
}

function formatLevel({ name, via, callStack, awaitedBy, repeated }: CallGraph, margin: string): string {
  const how = `${via === null ? '' : ` (${via})`}${repeated ? ' (see above)' : ''}`;
  const stack = callStack.length === 0 ? '' : `${margin}  + Call stack:\n${formatStack(callStack, `${margin}  |   `)}`;
  return `${margin}* ${name}${how}\n${stack}${awaitedBy.length === 0 ? '' : `${margin}  + Awaited by:\n`}`;
}

/** Prints the same to standard error. */
export function printCallGraph(future: Future<unknown> | null = currentTask(), options: CallGraphOptions = {}): void {
  console.error(formatCallGraph(future, options).trimEnd());
}
