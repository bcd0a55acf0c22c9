/** Who waits for what, and who for whom: the message of a deadlock. All of it is found when somebody asks. */
import { DeadlockError } from '../errors.ts';
import { shown } from './name-tag.ts';
import type { OpenWait, Relay, Waiter } from './park.ts';
import type { Scope } from './scope.ts';
import { waitIdle } from './state.ts';
import type { Task } from './task.ts';

/** The open waits of a task, those of its inner scopes included. */
export function openWaits(task: Task<unknown>): OpenWait[] {
  return waitsIn(task.scope);
}

function waitsIn(root: Scope): OpenWait[] {
  const found: OpenWait[] = [];
  const scopes = [root];
  for (let scope = scopes.pop(); scope !== undefined; scope = scopes.pop()) {
    for (const wait of scope.waits()) if (wait.state !== waitIdle) found.push(wait);
    for (const inner of scope.innerScopes().toReversed()) scopes.push(inner);
  }
  return found;
}

/** A task that waits for a future, and what stands between the two. */
export interface Awaiter {
  readonly task: Task<unknown>;
  /** What it waits for in fact: a gather, a group; null where it waits for the future itself. */
  readonly via: string | null;
}

/** The tasks that wait for a future: directly, or for a gather, a group, a shield that waits for it and is one of `through`. */
export function awaitersOf(future: { waiterList(): readonly Waiter[] }, through: (relay: Relay) => boolean): Awaiter[] {
  const found = new Map<Task<unknown>, Awaiter>();
  const relays = new Map<Relay, string>();
  const look = (waiters: readonly Waiter[], via: string | null): void => {
    for (const { owner, relay } of waiters) {
      if (relay !== undefined && !relays.has(relay) && through(relay)) relays.set(relay, via ?? relay.label);
      if (owner !== undefined && owner !== null && !found.has(owner)) found.set(owner, { task: shown(owner), via });
    }
  };
  look(future.waiterList(), null);
  for (const [relay, via] of relays) look(relay.waiterList(), via);
  return [...found.values()];
}

/** What a task waits for, in words; a task without an open wait stands at a promise that is not the loop's own. */
export function describeWaits(task: Task<unknown>): string {
  return inWords(task, (wait) => wait.label);
}

/** The same, with what is known of who could end the waits. */
function tellWaits(task: Task<unknown>): string {
  return inWords(task, (wait) => wait.label + (wait.future?.subject?.known ?? ''));
}

function inWords(task: Task<unknown>, tell: (wait: OpenWait) => string): string {
  const labels = openWaits(task).map(tell);
  return labels.length === 0 ? 'a promise that never settled' : [...new Set(labels)].join(' and ');
}

type Edges = ReadonlyMap<Task<unknown>, ReadonlySet<Task<unknown>>>;

/** For each task those that could end its wait: tasks it waits for, who holds the lock, who alone fills the queue. */
function whoWaitsForWhom(tasks: readonly Task<unknown>[]): Edges {
  const edges = new Map(tasks.map((task) => [task, new Set<Task<unknown>>()]));
  for (const task of tasks) {
    for (const awaiter of awaitersOf(task, (relay) => relay.waitedFor !== false)) edges.get(awaiter.task)?.add(task);
    for (const wait of openWaits(task)) {
      for (const tag of wait.future?.subject?.enders ?? []) if (tag.task !== null) edges.get(task)?.add(tag.task);
    }
  }
  return edges;
}

/** A message names so many tasks; a deadlock of thousands is told by its first ones as well. */
const mostLines = 20;

/** The error of a run in which nothing can wake any task: a line for each, along the chain of who waits for whom. */
export function deadlock(tasks: readonly Task<unknown>[]): DeadlockError {
  const edges = whoWaitsForWhom(tasks);
  const circle = findCircle(edges);
  const named = chain(tasks.length > mostLines ? [...circle, ...tasks] : tasks, edges);
  const lines = named.map((task) => `  ${task.label} waits for ${tellWaits(task)}`);
  if (tasks.length > named.length) lines.push(`  … and ${tasks.length - named.length} more`);
  if (circle.length > 0) lines.push(`  in a circle: ${[...circle, circle[0]].map((task) => task?.label).join(' → ')}`);
  const count = tasks.length === 1 ? 'one task waits' : `${tasks.length} tasks wait`;
  return new DeadlockError(
    `deadlock: ${count}, and nothing is left that could wake ${tasks.length === 1 ? 'it' : 'them'}:\n${lines.join('\n')}`,
  );
}

/** The first tasks, each followed by those that it waits for. */
function chain(tasks: readonly Task<unknown>[], edges: Edges): Task<unknown>[] {
  const ordered = new Set<Task<unknown>>();
  for (const first of tasks) {
    const next = [first];
    for (let task = next.pop(); task !== undefined && ordered.size < mostLines; task = next.pop()) {
      if (ordered.has(task) || !edges.has(task)) continue;
      ordered.add(task);
      for (const other of [...(edges.get(task) ?? [])].toReversed()) next.push(other);
    }
    if (ordered.size >= mostLines) break;
  }
  return [...ordered];
}

/** The first circle in which each waits for the next and the last for the first; empty where there is none. */
function findCircle(edges: Edges): Task<unknown>[] {
  const left = new Map([...edges].map(([task, to]) => [task, to.values()]));
  const seen = new Set<Task<unknown>>();
  for (const start of edges.keys()) {
    const path = [start];
    const onPath = new Set<Task<unknown>>();
    for (let task = path.at(-1); task !== undefined; task = path.at(-1)) {
      seen.add(task);
      onPath.add(task);
      const next = left.get(task)?.next().value;
      if (next === undefined) {
        void path.pop();
        onPath.delete(task);
      } else if (onPath.has(next)) return path.slice(path.indexOf(next));
      else if (!seen.has(next)) path.push(next);
    }
  }
  return [];
}
