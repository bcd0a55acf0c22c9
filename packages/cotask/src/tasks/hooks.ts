/**
 * What happens to tasks, for those who watch: debug mode, test kits, tools. A hook that
 * nobody listens to costs one comparison.
 */
import type { Handle } from '../loop/handle.ts';
import type { OpenWait } from './park.ts';
import type { CancelRequest, Scope } from './scope.ts';
import type { Task } from './task.ts';

/** A task's life, as callbacks. They run inside the loop: they must be quick, and must not call back into it. */
export interface TaskHooks {
  /** A task was made and is ready for its first step. */
  taskCreated?(task: Task<unknown>): void;
  /** A step of a task begins; `wait` is over. */
  stepBegins?(task: Task<unknown>, wait: OpenWait): void;
  /** A generator body asks for something with `yield*`: the line that waits is on the stack. */
  waitAsked?(): void;
  /** A wait of a task was registered; `wait.label` says what it waits for. */
  taskWaits?(task: Task<unknown>, wait: OpenWait): void;
  /** A task gives way: it waits for nothing but its turn. */
  taskYields?(task: Task<unknown>, wait: OpenWait): void;
  /** An `await` is given the value of what it waited for, which is called `label`. */
  valueAwaited?(task: Task<unknown>, label: string, value: unknown): void;
  /** A task has ended. */
  taskEnded?(task: Task<unknown>): void;
  /** A coroutine was made by a call. */
  coroutineMade?(coroutine: object): void;
  /** A coroutine was begun. */
  coroutineBegun?(coroutine: object): void;
  /** A callback was registered. */
  handleMade?(handle: Handle, callback: (...args: never) => unknown): void;
  /** @internal A request to cancel was made. */
  cancelRequested?(scope: Scope, request: CancelRequest): void;
  /** @internal A scope ends, and with it what was asked of it and never came out. */
  requestDropped?(scope: Scope, request: CancelRequest): void;
}

type Listeners = { [K in keyof TaskHooks]-?: Required<TaskHooks>[K] | null };

/** @internal The listeners by hook, as one function; null where there is none. */
export const hooks: Listeners = {
  taskCreated: null,
  stepBegins: null,
  waitAsked: null,
  taskWaits: null,
  taskYields: null,
  valueAwaited: null,
  taskEnded: null,
  coroutineMade: null,
  coroutineBegun: null,
  handleMade: null,
  cancelRequested: null,
  requestDropped: null,
};

let listeners: readonly TaskHooks[] = [];

/** @internal True while anybody listens. */
export function watched(): boolean {
  return listeners.length > 0;
}

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
  for (const name of Object.keys(hooks)) if (isHook(name)) collect(name);
}

function isHook(name: string): name is keyof TaskHooks {
  return name in hooks;
}

function collect<K extends keyof TaskHooks>(name: K): void {
  const listening = listeners.filter((listener) => listener[name] !== undefined);
  const all = (...args: unknown[]): void => {
    for (const listener of listening) callGuarded(listener, name, args);
  };
  hooks[name] = listening.length === 0 ? null : (all as Listeners[K]);
}

/** A hook that fails is reported and has no other effect. */
function callGuarded(listener: TaskHooks, name: keyof TaskHooks, args: readonly unknown[]): void {
  try {
    Reflect.apply(listener[name] ?? (() => {}), listener, args);
  } catch (error) {
    console.error('cotask: a hook failed:', error);
  }
}
