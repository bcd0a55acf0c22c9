/** Pins: parent cancelled in the same tick in which the child it awaits has just finished: the parent is cancelled, the child's result stays. */
import { coroutine, createTask, getRunningLoop, sleep, wait } from 'cotask';
import type { Task } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, outcome, run }) => {
  let child: Task<string>;
  let parent: Task<unknown>;
  const slow = coroutine(function* () {
    yield* sleep(1_000);
    getRunningLoop().callSoon(() => log('parent.cancel', parent.cancel(), 'child', outcome(child)));
    return 'done';
  });
  const waiter = coroutine(function* () {
    try {
      log('parent got', yield* child);
    } catch (error) {
      log('parent cancelled; child', outcome(child), child.cancelling());
      throw error;
    }
  });
  const main = coroutine(function* () {
    child = createTask(slow());
    parent = createTask(waiter());
    yield* wait([parent]);
    log(outcome(parent), outcome(child));
  });
  const quick = coroutine(function* () {
    return 'done';
  });
  const passer = coroutine(function* () {
    const result = yield* child;
    log('parent got', result);
    return result;
  });
  // The same, but who cancels comes after the parent has resumed: too late.
  const late = coroutine(function* () {
    child = createTask(quick());
    parent = createTask(passer());
    yield* wait([parent]);
    log('too late:', parent.cancel(), outcome(parent));
  });
  await run(main());
  await run(late());
};

export const async: Program = async ({ log, outcome, run }) => {
  let child: Task<string>;
  let parent: Task<unknown>;
  const slow = coroutine(async () => {
    await sleep(1_000);
    getRunningLoop().callSoon(() => log('parent.cancel', parent.cancel(), 'child', outcome(child)));
    return 'done';
  });
  const waiter = coroutine(async () => {
    try {
      log('parent got', await child);
    } catch (error) {
      log('parent cancelled; child', outcome(child), child.cancelling());
      throw error;
    }
  });
  const main = coroutine(async () => {
    child = createTask(slow());
    parent = createTask(waiter());
    await wait([parent]);
    log(outcome(parent), outcome(child));
  });
  const quick = coroutine(async () => {
    return 'done';
  });
  const passer = coroutine(async () => {
    const result = await child;
    log('parent got', result);
    return result;
  });
  // The same, but who cancels comes after the parent has resumed: too late.
  const late = coroutine(async () => {
    child = createTask(quick());
    parent = createTask(passer());
    await wait([parent]);
    log('too late:', parent.cancel(), outcome(parent));
  });
  await run(main());
  await run(late());
};
