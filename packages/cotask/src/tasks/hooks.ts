/**
 * What happens to tasks, for those who watch: debug mode, test kits, tools. A hook that
 * nobody listens to costs one comparison.
 */
import type { Task } from './task.ts';
import type { OpenWait } from './park.ts';

/** A task's life, as callbacks. They run inside the loop: they must be quick, and must not call back into it. */
export interface TaskHooks {
  /** A task was made and is ready for its first step. */
  taskCreated?(task: Task<unknown>): void;
  /** A step of a task begins. */
  stepBegins?(task: Task<unknown>): void;
  /** A wait of a task was registered; `wait.label` says what it waits for. */
  taskWaits?(task: Task<unknown>, wait: OpenWait): void;
  /** A task has ended. */
  taskEnded?(task: Task<unknown>): void;
  /** A coroutine was made by a call. */
  coroutineMade?(coroutine: object): void;
  /** A coroutine was begun. */
  coroutineBegun?(coroutine: object): void;
}

type Listeners = { [K in keyof TaskHooks]-?: Required<TaskHooks>[K][] | null };

/** @internal The listeners by hook; null where there is none. */
export const hooks: Listeners = {
  taskCreated: null,
  stepBegins: null,
  taskWaits: null,
  taskEnded: null,
  coroutineMade: null,
  coroutineBegun: null,
};

let listeners: readonly TaskHooks[] = [];

/** Listens to what happens to tasks; returns how to stop. */
export function addHooks(listener: TaskHooks): () => void {
  listeners = [...listeners, listener];
  rebuild();
  return () => {
    listeners = listeners.filter((other) => other !== listener);
    rebuild();
  };
}

function rebuild(): void {
  hooks.taskCreated = collect((to) => to.taskCreated?.bind(to));
  hooks.stepBegins = collect((to) => to.stepBegins?.bind(to));
  hooks.taskWaits = collect((to) => to.taskWaits?.bind(to));
  hooks.taskEnded = collect((to) => to.taskEnded?.bind(to));
  hooks.coroutineMade = collect((to) => to.coroutineMade?.bind(to));
  hooks.coroutineBegun = collect((to) => to.coroutineBegun?.bind(to));
}

function collect<A extends unknown[]>(
  hookOf: (listener: TaskHooks) => ((...args: A) => void) | undefined,
): ((...args: A) => void)[] | null {
  const found = listeners.map(hookOf).filter((hook) => hook !== undefined);
  return found.length === 0 ? null : found.map(guarded);
}

/** A hook that fails is reported and has no other effect. */
function guarded<A extends unknown[]>(hook: (...args: A) => void): (...args: A) => void {
  return (...args) => {
    try {
      hook(...args);
    } catch (error) {
      console.error('cotask: a hook failed:', error);
    }
  };
}
