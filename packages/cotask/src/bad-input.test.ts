/**
 * Wrong calls: each is refused before anything begins, by an error of its own kind with a stable code, and words that say
 * what was wrong and what to do. A transcript would show a task or a timer that a wrong call has left behind.
 */
import { describe, expect, test } from 'vitest';

import {
  CotaskError,
  asCompleted,
  coroutine,
  createTask,
  ensureFuture,
  fromPromise,
  gather,
  run,
  shield,
  sleep,
  taskGroup,
  timeout,
  wait,
  waitFor,
} from './index.ts';
import { me } from './testing/stage.ts';
import { refusalOf, wrong } from './testing/wrong-call.ts';
import type { WrongCall } from './testing/wrong-call.ts';

const work = coroutine(async () => 'value');

const coroutines: readonly WrongCall[] = [
  { call: 'run inside run', make: () => run(work()), code: 'COTASK_RUN_IN_TASK', says: /await the coroutine/ },
  {
    call: 'createTask(work)',
    make: () => createTask(wrong(work)),
    code: 'COTASK_NOT_A_COROUTINE',
    says: /call the coroutine function/,
  },
  {
    call: 'createTask(1)',
    make: () => createTask(wrong(1)),
    code: 'COTASK_NOT_A_COROUTINE',
    says: /got number.*coroutine\(\)/,
  },
  {
    call: 'createTask(null)',
    make: () => createTask(wrong(null)),
    code: 'COTASK_NOT_A_COROUTINE',
    says: /wrap the function/,
  },
  {
    call: 'createTask(null, { eager: true })',
    make: () => createTask(wrong(null), { eager: true }),
    code: 'COTASK_NOT_A_COROUTINE',
    says: /wrap the function/,
  },
  {
    call: 'createTask(promise)',
    make: () => createTask(wrong(Promise.resolve(1))),
    code: 'COTASK_NOT_A_COROUTINE',
    says: /ensureFuture|fromPromise/,
  },
  {
    call: 'coroutine(1)',
    make: () => coroutine(wrong(1)),
    code: 'COTASK_NOT_A_COROUTINE',
    says: /async function or a function\*/,
  },
  {
    call: 'coroutine(() => 1)()',
    make: () => coroutine(wrong(() => 1))(),
    code: 'COTASK_NOT_A_COROUTINE',
    says: /returned 1.*async function or a function\*/,
  },
  {
    call: 'coroutine(async function* () {})()',
    make: () => coroutine(wrong(async function* () {}))(),
    code: 'COTASK_NOT_A_COROUTINE',
    says: /async (generator|function\*)/i,
  },
  {
    call: 'ensureFuture(1)',
    make: () => ensureFuture(wrong(1)),
    code: 'COTASK_NOT_AWAITABLE',
    says: /coroutine, a task, a promise/,
  },
  {
    call: 'ensureFuture(work)',
    make: () => ensureFuture(wrong(work)),
    code: 'COTASK_NOT_AWAITABLE',
    says: /call the coroutine function/,
  },
  {
    call: 'fromPromise(1)',
    make: () => fromPromise(wrong(1)),
    code: 'COTASK_NOT_A_PROMISE',
    says: /promise, got number/,
  },
  {
    call: 'shield(1)',
    make: () => shield(wrong(1)),
    code: 'COTASK_NOT_AWAITABLE',
    says: /coroutine, a task, a promise/,
  },
  {
    call: 'waitFor(work, 5)',
    make: () => waitFor(wrong(work), 5),
    code: 'COTASK_NOT_AWAITABLE',
    says: /call the coroutine function/,
  },
  { call: 'waitFor(1, 5)', make: () => waitFor(wrong(1), 5), code: 'COTASK_NOT_AWAITABLE', says: /got number/ },
];

const several: readonly WrongCall[] = [
  {
    call: 'gather(1)',
    make: () => gather(wrong(1)),
    code: 'COTASK_NOT_AWAITABLE',
    says: /pass awaitables, or one list/,
  },
  { call: 'gather(work(), 1)', make: () => gather(work(), wrong(1)), code: 'COTASK_NOT_AWAITABLE', says: /got number/ },
  {
    call: 'gather(work)',
    make: () => gather(wrong(work)),
    code: 'COTASK_NOT_AWAITABLE',
    says: /call the coroutine function/,
  },
  {
    call: 'gather(work(), { returnExceptions: true })',
    make: () => gather(work(), wrong({ returnExceptions: true })),
    code: 'COTASK_BAD_OPTION',
    says: /gather\(\[a, b\], \{ returnExceptions/,
  },
  {
    call: 'gather([work()], { returnException: true })',
    make: () => gather([work()], wrong({ returnException: true })),
    code: 'COTASK_BAD_OPTION',
    says: /returnException\b.*returnExceptions/,
  },
  { call: 'wait([])', make: () => wait([]), code: 'COTASK_BAD_OPTION', says: /at least one/ },
  {
    call: 'wait(tasks, { timout: 5 })',
    make: () => wait([me()], wrong({ timout: 5 })),
    code: 'COTASK_BAD_OPTION',
    says: /"timout".*timeout/,
  },
  {
    call: 'asCompleted([work(), 1])',
    make: () => asCompleted([work(), wrong(1)]),
    code: 'COTASK_NOT_AWAITABLE',
    says: /got number/,
  },
  {
    call: 'asCompleted(list, { timout: 5 })',
    make: () => asCompleted([work()], wrong({ timout: 5 })),
    code: 'COTASK_BAD_OPTION',
    says: /"timout".*timeout/,
  },
];

const scopes: readonly WrongCall[] = [
  {
    call: 'timeout(5, sleep(1))',
    make: () => timeout(5, wrong(sleep(1))),
    code: 'COTASK_BAD_OPTION',
    says: /async function or a function\*.*waitFor/,
  },
  {
    call: 'timeout(body, 5)',
    make: () =>
      timeout(
        wrong(async () => {}),
        wrong(5),
      ),
    code: 'COTASK_BAD_TIME',
    says: /milliseconds or null/,
  },
  {
    call: 'timeout(5, () => 1)',
    make: () =>
      timeout(
        5,
        wrong(() => 1),
      ),
    code: 'COTASK_NOT_A_COROUTINE',
    says: /async function or a function\*/,
  },
  {
    call: 'taskGroup(1)',
    make: () => taskGroup(wrong(1)),
    code: 'COTASK_BAD_OPTION',
    says: /async function or a function\*/,
  },
  {
    call: 'taskGroup(async function* () {})',
    make: () => taskGroup(wrong(async function* () {})),
    code: 'COTASK_NOT_A_COROUTINE',
    says: /async (generator|function\*)/i,
  },
];

const groups = { coroutines, several, scopes };

describe.each(Object.entries(groups))('a wrong call (%s)', (_, calls) => {
  test.each(calls)('$call is $code', async (call) => {
    const { error, left } = await refusalOf(call);
    expect(left).toEqual([]);
    expect(error).toBeInstanceOf(CotaskError);
    expect(error).toMatchObject({ code: call.code, message: expect.stringMatching(call.says) });
  });
});
