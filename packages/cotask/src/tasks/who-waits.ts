/** Who waits for what, in words: the message of a deadlock. */
import { DeadlockError } from '../errors.ts';
import type { OpenWait } from './park.ts';
import type { Scope } from './scope.ts';
import { waitIdle } from './state.ts';
import type { Task } from './task.ts';

/** The open waits of a task, those of its inner scopes included. */
function openWaits(task: Task<unknown>): OpenWait[] {
  return waitsIn(task.scope);
}

function waitsIn(scope: Scope): OpenWait[] {
  const own = scope.waits().filter((wait) => wait.state !== waitIdle);
  return [...own, ...scope.innerScopes().flatMap(waitsIn)];
}

/** What a task waits for, in words; a task without an open wait stands at a promise that is not the loop's own. */
export function describeWaits(task: Task<unknown>): string {
  const labels = openWaits(task).map((wait) => wait.label);
  return labels.length === 0 ? 'a promise that never settled' : [...new Set(labels)].join(' and ');
}

/** A message names so many tasks; a deadlock of thousands is told by its first ones as well. */
const mostLines = 20;

/** The error of a run in which nothing can wake any task: a line for each, along the chain of who waits for whom. */
export function deadlock(tasks: readonly Task<unknown>[]): DeadlockError {
  const named = chain(tasks, mostLines);
  const lines = named.map((task) => `  ${task.label} waits for ${describeWaits(task)}`);
  if (tasks.length > named.length) lines.push(`  … and ${tasks.length - named.length} more`);
  const count = tasks.length === 1 ? 'one task waits' : `${tasks.length} tasks wait`;
  return new DeadlockError(
    `deadlock: ${count}, and nothing is left that could wake ${tasks.length === 1 ? 'it' : 'them'}:\n${lines.join('\n')}`,
  );
}

/** The first tasks, each followed by those that it waits for. */
function chain(tasks: readonly Task<unknown>[], most: number): Task<unknown>[] {
  const known = new Set(tasks);
  const ordered = new Set<Task<unknown>>();
  for (const first of tasks) {
    const next = [first];
    for (let task = next.pop(); task !== undefined && ordered.size < most; task = next.pop()) {
      if (ordered.has(task) || !known.has(task)) continue;
      ordered.add(task);
      next.push(...task.scope.tasksWaitedFor().toReversed());
    }
    if (ordered.size >= most) break;
  }
  return [...ordered];
}
