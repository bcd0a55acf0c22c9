import { describe, expect, test } from 'vitest';

import { sleep, taskGroup, timeout } from '../index.ts';
import type { TaskGroup } from '../index.ts';
import { attempt, gears, me, on, wordsOf } from './vocabulary.ts';
import type { Body, Log } from './vocabulary.ts';

/** Waits long; says so when it is cancelled, cleans up for a while, and lets the cancel go on. */
function* patient(log: Log, name: string, cleanUpMs = 0): Body<void> {
  try {
    yield* on(sleep(500));
  } catch (error) {
    log(name, error);
    if (cleanUpMs > 0) {
      yield* on(sleep(cleanUpMs));
      log(name, 'clean');
    }
    throw error;
  }
}

/** Fails after a while. */
function* failing(ms: number, message: string): Body<void> {
  yield* on(sleep(ms));
  throw new Error(message);
}

describe.each(gears)('in the %s gear', (gear) => {
  const { body, coroutineOf, program, spawn } = wordsOf(gear);
  const patience = coroutineOf(patient);
  const failure = coroutineOf(failing);

  // S11
  test('a timeout in a group in a timeout: the innermost fires and the group goes on', async () => {
    const lines = await program(function* (log) {
      const innermost = body(() => patient(log, 'innermost'));
      const group = body(function* (scope: TaskGroup) {
        scope.createTask(coroutineOf(() => on(sleep(5)))()).addDoneCallback(() => log('child ends'));
        log('group', yield* attempt(timeout(2, innermost)));
        log('group', yield* attempt(sleep(1, 'goes on')));
      });
      const outermost = body(() => on(taskGroup(group)));
      yield* on(timeout(20, outermost));
      log('cancelling', me().cancelling());
    });
    expect(lines).toEqual(['innermost C', 'group TO', 'group goes on', 'child ends', 'cancelling 0']);
  });

  test('a timeout in a group in a timeout: the outermost fires, the children are cancelled, and it is a timeout outside', async () => {
    const lines = await program(function* (log) {
      const innermost = body(() => patient(log, 'innermost'));
      const group = body(function* (scope: TaskGroup) {
        scope.createTask(patience(log, 'child'));
        yield* on(timeout(20, innermost));
      });
      const outermost = body(() => on(taskGroup(group)));
      log(yield* attempt(timeout(3, outermost)), me().cancelling());
    });
    expect(lines).toEqual(['innermost C', 'child C', 'TO 0']);
  });

  // S12
  test('a child that has its value when the deadline comes fails with its own error, and this is what comes out', async () => {
    const lines = await program(function* (log) {
      const group = body(function* (scope: TaskGroup) {
        scope.createTask(failure(1, 'boom'));
        yield* patient(log, 'body');
      });
      const around = body(() => on(taskGroup(group)));
      log(yield* attempt(timeout(1, around)));
      log(yield* attempt(sleep(1, 'clean')), me().cancelling());
    });
    expect(lines).toEqual(['body C', 'G[boom]', 'clean 0']);
  });

  // S13
  test('a child that fails cancels its sibling and the body, and both may clean up', async () => {
    const lines = await program(function* (log) {
      const group = body(function* (scope: TaskGroup) {
        scope.createTask(failure(1, 'boom'));
        scope.createTask(patience(log, 'sibling', 2));
        yield* patient(log, 'body', 1);
      });
      log(yield* attempt(taskGroup(group)), me().cancelling());
      log(yield* attempt(sleep(1, 'clean')));
    });
    expect(lines).toEqual(['sibling C', 'body C', 'body clean', 'sibling clean', 'G[boom] 0', 'clean']);
  });

  // S14
  test('a parent that is cancelled while its group aborts leaves the clean-up alone, and is due after the group', async () => {
    const lines = await program(function* (log) {
      const group = body(function* (scope: TaskGroup) {
        scope.createTask(failure(1, 'boom'));
        scope.createTask(patience(log, 'sibling', 5));
        yield* patient(log, 'body');
      });
      const parent = spawn(function* () {
        log(yield* attempt(taskGroup(group)), me().cancelling());
        log(yield* attempt(sleep(1)));
        log(yield* attempt(sleep(1, 'clean')));
      });
      yield* on(sleep(2));
      parent.cancel('outside');
      yield* on(parent);
    });
    expect(lines).toEqual(['sibling C', 'body C', 'sibling clean', 'G[boom] 1', 'C(outside)', 'clean']);
  });

  // S18
  test('a child that cancels the parent after the body has ended: the children are cancelled, and the parent is', async () => {
    const lines = await program(function* (log) {
      const group = body(function* (scope: TaskGroup) {
        const parent = me();
        scope.createTask(cancels(parent, log)());
        scope.createTask(patience(log, 'sibling'));
        log('body ends');
      });
      const cancels = (parent: { cancel(reason: string): boolean }, to: Log) =>
        coroutineOf(function* () {
          yield* on(sleep(1));
          parent.cancel('by child');
          yield* patient(to, 'child');
        });
      const parent = spawn(function* () {
        yield* on(taskGroup(group));
      });
      log('parent', yield* attempt(parent), parent.cancelled(), parent.cancelling());
    });
    expect(lines).toEqual(['body ends', 'child C', 'sibling C', 'parent C(by child) true 1']);
  });

  // S19
  test('a failure in the outer group while the inner one aborts: each error stands in its own group', async () => {
    const lines = await program(function* (log) {
      const inner = body(function* (scope: TaskGroup) {
        scope.createTask(failure(1, 'inner'));
        scope.createTask(patience(log, 'sibling', 5));
        yield* patient(log, 'body');
      });
      const outer = body(function* (scope: TaskGroup) {
        scope.createTask(failure(2, 'outer'));
        yield* on(taskGroup(inner));
      });
      log(yield* attempt(taskGroup(outer)), me().cancelling());
      log(yield* attempt(sleep(1, 'clean')));
    });
    expect(lines).toEqual(['sibling C', 'body C', 'sibling clean', 'G[outer, G[inner]] 0', 'clean']);
  });

  // S20
  test('a child is not inside the scopes of its parent: it runs until the group aborts', async () => {
    const lines = await program(function* (log) {
      const child = coroutineOf(function* () {
        for (let beat = 1; beat <= 3; beat += 1) {
          yield* on(sleep(1));
          log('child', beat);
        }
        yield* patient(log, 'child');
      });
      const group = body(function* (scope: TaskGroup) {
        scope.createTask(child());
        yield* patient(log, 'body', 2);
      });
      const parent = spawn(function* () {
        yield* on(taskGroup(group));
      });
      yield* on(sleep(1.5));
      parent.cancel('x');
      log('parent', yield* attempt(parent));
    });
    expect(lines).toEqual(['child 1', 'body C(x)', 'child 2', 'child 3', 'body clean', 'child C', 'parent C(x)']);
  });
});
