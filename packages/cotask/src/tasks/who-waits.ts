/** Who waits for what, in words: the message of a deadlock. */
import { DeadlockError } from '../errors.ts';
import { Future } from './future.ts';
import type { OpenWait } from './park.ts';
import type { Scope } from './scope.ts';
import { waitIdle } from './state.ts';
import { Task } from './task.ts';

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

/** The error of a run in which nothing can wake any task: a line for each, along the chain of who waits for whom. */
export function deadlock(tasks: readonly Task<unknown>[]): DeadlockError {
  const lines = chain(tasks).map((task) => `  ${task.label} waits for ${describeWaits(task)}`);
  const count = tasks.length === 1 ? 'one task waits' : `${tasks.length} tasks wait`;
  return new DeadlockError(
    `deadlock: ${count}, and nothing is left that could wake ${tasks.length === 1 ? 'it' : 'them'}:\n${lines.join('\n')}`,
  );
}

/** The tasks, each followed by those that it waits for. */
function chain(tasks: readonly Task<unknown>[]): Task<unknown>[] {
  const ordered = new Set<Task<unknown>>();
  const follow = (task: Task<unknown>): void => {
    if (ordered.has(task)) return;
    ordered.add(task);
    for (const wait of openWaits(task)) for (const next of waitedFor(wait)) follow(next);
  };
  tasks.forEach(follow);
  return [...ordered].filter((task) => tasks.includes(task));
}

function waitedFor(wait: OpenWait): readonly Task<unknown>[] {
  if (wait.future instanceof Task) return [wait.future];
  return wait.future instanceof Future ? wait.future.parts() : [];
}
