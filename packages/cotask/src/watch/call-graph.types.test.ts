import { expectTypeOf, test } from 'vitest';

import { captureCallGraph, formatCallGraph, printCallGraph, sleep } from '../index.ts';
import type { CallGraph, CallGraphOptions, Future, StackEntry, Task, WaitInfo } from '../index.ts';

test('a call graph is plain data, of a task, a future or whoever asks', () => {
  void ((task: Task<string>) => {
    expectTypeOf(captureCallGraph()).toEqualTypeOf<CallGraph | null>();
    expectTypeOf(captureCallGraph(task, { limit: 5 })).toEqualTypeOf<CallGraph | null>();
    expectTypeOf(formatCallGraph(task)).toEqualTypeOf<string>();
    expectTypeOf(printCallGraph(null)).toEqualTypeOf<void>();
    // @ts-expect-error a coroutine awaits nothing yet
    captureCallGraph(sleep(1));
    // @ts-expect-error a typo
    formatCallGraph(task, { limt: 5 });
  });
  expectTypeOf<keyof CallGraphOptions>().toEqualTypeOf<'limit'>();
  expectTypeOf<CallGraph['awaitedBy']>().toEqualTypeOf<readonly CallGraph[]>();
  expectTypeOf<CallGraph['callStack']>().toEqualTypeOf<readonly StackEntry[]>();
});

test('a task tells its waits and its stack', () => {
  void ((task: Task<string>) => {
    expectTypeOf(task.waits()).toEqualTypeOf<readonly WaitInfo[]>();
    expectTypeOf(task.getStack({ limit: 1 })).toEqualTypeOf<readonly StackEntry[]>();
    expectTypeOf(task.printStack()).toEqualTypeOf<void>();
    // @ts-expect-error a typo
    task.getStack({ limt: 1 });
  });
  expectTypeOf<WaitInfo>().toEqualTypeOf<{
    readonly label: string;
    readonly since: number | null;
    readonly future: Future<unknown> | null;
  }>();
  expectTypeOf<StackEntry>().toEqualTypeOf<{ readonly what: string; readonly at: string | null }>();
});
