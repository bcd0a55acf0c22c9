/**
 * Wrong values and options: each is refused before anything begins, by an error of its own kind with a stable code, and words that say
 * what was wrong and what to do. A transcript would show a task or a timer that a wrong call has left behind.
 */
import { describe, expect, test } from 'vitest';

import {
  Barrier,
  BoundedSemaphore,
  Condition,
  CotaskError,
  Event,
  EventLoop,
  Runner,
  splitErrors,
  fromEvent,
  events,
  createEagerTaskFactory,
  captureCallGraph,
  TaskGroupError,
  Lock,
  PriorityQueue,
  Queue,
  Semaphore,
  asCompleted,
  coroutine,
  createTask,
  getRunningLoop,
  priority,
  random,
  sleep,
  taskGroup,
  timeout,
  timeoutAt,
  wait,
  waitFor,
  weighted,
} from './index.ts';
import { park } from './lowlevel.ts';
import { me } from './testing/stage.ts';
import { refusalOf, wrong } from './testing/wrong-call.ts';
import type { WrongCall } from './testing/wrong-call.ts';

const work = coroutine(async () => 'value');

const times: readonly WrongCall[] = [
  { call: 'sleep(NaN)', make: () => sleep(Number.NaN), code: 'COTASK_BAD_TIME', says: /milliseconds, got NaN/ },
  { call: "sleep('1')", make: () => sleep(wrong('1')), code: 'COTASK_BAD_TIME', says: /milliseconds, got "1"$/ },
  { call: 'sleep()', make: () => sleep(wrong(undefined)), code: 'COTASK_BAD_TIME', says: /milliseconds/ },
  {
    call: 'callLater(NaN, f)',
    make: () => getRunningLoop().callLater(Number.NaN, () => {}),
    code: 'COTASK_BAD_TIME',
    says: /milliseconds/,
  },
  {
    call: "callAt('5', f)",
    make: () => getRunningLoop().callAt(wrong('5'), () => {}),
    code: 'COTASK_BAD_TIME',
    says: /milliseconds/,
  },
  {
    call: 'timeout(1, body, { graceMs: NaN })',
    make: () => timeout(1, async () => {}, { graceMs: Number.NaN }),
    code: 'COTASK_BAD_OPTION',
    says: /timeout\(\) takes graceMs as milliseconds/,
  },
  {
    call: 'taskGroup(body, { graceMs: -5 })',
    make: () => taskGroup(async () => {}, { graceMs: -5 }),
    code: 'COTASK_BAD_OPTION',
    says: /taskGroup\(\) takes graceMs as milliseconds/,
  },
  {
    call: 'createTask(work(), { graceMs: -5 })',
    make: () => createTask(work(), { graceMs: -5 }),
    code: 'COTASK_BAD_OPTION',
    says: /createTask\(\) takes graceMs as milliseconds/,
  },
  {
    call: "new EventLoop({ graceMs: '5' })",
    make: () => new EventLoop({ graceMs: wrong('5') }),
    code: 'COTASK_BAD_OPTION',
    says: /EventLoop takes graceMs as milliseconds/,
  },
  {
    call: 'timeout(NaN, body)',
    make: () => timeout(Number.NaN, async () => {}),
    code: 'COTASK_BAD_TIME',
    says: /milliseconds or null/,
  },
  {
    call: "timeoutAt('now', body)",
    make: () => timeoutAt(wrong('now'), async () => {}),
    code: 'COTASK_BAD_TIME',
    says: /milliseconds or null/,
  },
  {
    call: 'waitFor(awaitable, NaN)',
    make: () => waitFor(work(), Number.NaN),
    code: 'COTASK_BAD_TIME',
    says: /milliseconds or null/,
  },
  {
    call: 'wait(tasks, { timeout: NaN })',
    make: () => wait([me()], { timeout: Number.NaN }),
    code: 'COTASK_BAD_TIME',
    says: /milliseconds/,
  },
  {
    call: 'asCompleted(list, { timeout: NaN })',
    make: () => asCompleted([work()], { timeout: Number.NaN }),
    code: 'COTASK_BAD_TIME',
    says: /milliseconds/,
  },
];

const shared: readonly WrongCall[] = [
  {
    call: 'new Semaphore(-1)',
    make: () => new Semaphore(-1),
    code: 'COTASK_BAD_OPTION',
    says: /whole number of permits, got -1/,
  },
  {
    call: 'new BoundedSemaphore(1.5)',
    make: () => new BoundedSemaphore(1.5),
    code: 'COTASK_BAD_OPTION',
    says: /got 1.5/,
  },
  {
    call: 'new Barrier(0)',
    make: () => new Barrier(0),
    code: 'COTASK_BAD_OPTION',
    says: /whole number of parties, got 0/,
  },
  { call: 'new Queue(NaN)', make: () => new Queue(Number.NaN), code: 'COTASK_BAD_OPTION', says: /maxsize.*got NaN/ },
  { call: "new Queue('5')", make: () => new Queue(wrong('5')), code: 'COTASK_BAD_OPTION', says: /maxsize.*got "5"/ },
  {
    call: 'new PriorityQueue(0, { compare: 1 })',
    make: () => new PriorityQueue(0, wrong({ compare: 1 })),
    code: 'COTASK_BAD_OPTION',
    says: /function as "compare"/,
  },
  { call: "new Lock('db')", make: () => new Lock(wrong('db')), code: 'COTASK_BAD_OPTION', says: /name/ },
  {
    call: "new Lock({ nmae: 'db' })",
    make: () => new Lock(wrong({ nmae: 'db' })),
    code: 'COTASK_BAD_OPTION',
    says: /"nmae".*name/,
  },
  {
    call: 'lock.release() of a free lock',
    make: () => new Lock().release(),
    code: 'COTASK_NOT_LOCKED',
    says: /not locked/,
  },
  {
    call: 'release() once too often',
    make: () => new BoundedSemaphore(1).release(),
    code: 'COTASK_RELEASED_TOO_OFTEN',
    says: /more often than it was acquired/,
  },
  {
    call: 'taskDone() once too often',
    make: () => new Queue().taskDone(),
    code: 'COTASK_TASK_DONE_TOO_OFTEN',
    says: /more often than items were put/,
  },
  {
    call: 'notify() without the lock',
    make: () => new Condition().notify(),
    code: 'COTASK_NOT_LOCKED',
    says: /acquire\(\) it first/,
  },
  ...[
    { call: 'new Semaphore(1, { nmae })', make: () => new Semaphore(1, wrong({ nmae: 'x' })) },
    { call: 'new Event({ nmae })', make: () => new Event(wrong({ nmae: 'x' })) },
    { call: 'new Condition(lock, { nmae })', make: () => new Condition(new Lock(), wrong({ nmae: 'x' })) },
    { call: 'new Barrier(2, { nmae })', make: () => new Barrier(2, wrong({ nmae: 'x' })) },
    { call: 'new Queue(0, { nmae })', make: () => new Queue(0, wrong({ nmae: 'x' })) },
  ].map((call) => ({ ...call, code: 'COTASK_BAD_OPTION', says: /"nmae".*name/ })),
  {
    call: 'queue.shutdown({ imediate: true })',
    make: () => new Queue().shutdown(wrong({ imediate: true })),
    code: 'COTASK_BAD_OPTION',
    says: /"imediate".*immediate/,
  },
  { call: 'new Condition(1)', make: () => new Condition(wrong(1)), code: 'COTASK_BAD_OPTION', says: /Lock/ },
];

const loops: readonly WrongCall[] = [
  {
    call: 'new EventLoop({ hots })',
    make: () => new EventLoop(wrong({ hots: 1 })),
    code: 'COTASK_BAD_OPTION',
    says: /"hots".*host/,
  },
  {
    call: "new EventLoop({ policy: 'fifo' })",
    make: () => new EventLoop(wrong({ policy: 'fifo' })),
    code: 'COTASK_BAD_OPTION',
    says: /policy.*fifo\(\)/,
  },
  {
    call: "createTask(work(), { nmae: 'a' })",
    make: () => createTask(work(), wrong({ nmae: 'a' })),
    code: 'COTASK_BAD_OPTION',
    says: /"nmae".*name/,
  },
  {
    call: "createTask(work(), { priority: 'high' })",
    make: () => createTask(work(), { priority: wrong('high') }),
    code: 'COTASK_BAD_OPTION',
    says: /priority.*number/,
  },
  {
    call: 'weighted({ shares: { ui: 0 } })',
    make: () => weighted({ shares: { ui: 0 } }),
    code: 'COTASK_BAD_OPTION',
    says: /weight is a positive number, got 0/,
  },
  {
    call: 'weighted({ weights: { ui: 1 } })',
    make: () => weighted(wrong({ weights: { ui: 1 } })),
    code: 'COTASK_BAD_OPTION',
    says: /"weights"; it takes shares and others/,
  },
  {
    call: 'weighted({ shares: 3 })',
    make: () => weighted(wrong({ shares: 3 })),
    code: 'COTASK_BAD_OPTION',
    says: /object of weights/,
  },
  {
    call: 'createTask(work(), { share: 3 })',
    make: () => createTask(work(), { share: wrong(3) }),
    code: 'COTASK_BAD_OPTION',
    says: /share of a task is a name, got number/,
  },
  { call: 'random(1.5)', make: () => random(1.5), code: 'COTASK_BAD_OPTION', says: /integer, got 1.5/ },
  {
    call: 'priority({ ageing: 0 })',
    make: () => priority({ ageing: 0 }),
    code: 'COTASK_BAD_OPTION',
    says: /positive number, got 0/,
  },
  {
    call: "setExceptionHandler('print')",
    make: () => getRunningLoop().setExceptionHandler(wrong('print')),
    code: 'COTASK_BAD_OPTION',
    says: /function or null/,
  },
  {
    call: 'callSoon(work())',
    make: () => getRunningLoop().callSoon(wrong(work())),
    code: 'COTASK_BAD_OPTION',
    says: /function/,
  },
  { call: "park('a bell', 1)", make: () => park('a bell', wrong(1)), code: 'COTASK_BAD_OPTION', says: /function/ },
  {
    call: 'close() of the running loop',
    make: () => getRunningLoop().close(),
    code: 'COTASK_LOOP_RUNNING',
    says: /stop the event loop/,
  },
];

const callbacks: readonly WrongCall[] = [
  {
    call: "new EventLoop({ host: 'web' })",
    make: () => new EventLoop({ host: wrong('web') }),
    code: 'COTASK_BAD_OPTION',
    says: /host is what a loop runs on/,
  },
  {
    call: 'createEagerTaskFactory(5)',
    make: () => createEagerTaskFactory(wrong(5)),
    code: 'COTASK_BAD_OPTION',
    says: /function to call, got number/,
  },
  {
    call: "fromEvent(target, 'x', { filter: 'x' })",
    make: () => fromEvent(new EventTarget(), 'x', { filter: wrong('x') }),
    code: 'COTASK_BAD_OPTION',
    says: /the filter of fromEvent\(\) takes a function/,
  },
  {
    call: "events(target, 'x', { filter: 'x' })",
    make: () => events(new EventTarget(), 'x', { filter: wrong('x') }),
    code: 'COTASK_BAD_OPTION',
    says: /the filter of events\(\) takes a function/,
  },
  {
    call: "captureCallGraph('main')",
    make: () => captureCallGraph(wrong('main')),
    code: 'COTASK_BAD_OPTION',
    says: /of a task or a future, got string/,
  },
  {
    call: "splitErrors(error, 'Error')",
    make: () => splitErrors(new TaskGroupError([new Error('x')]), wrong('Error')),
    code: 'COTASK_BAD_OPTION',
    says: /by a class or a function, got string/,
  },
  {
    call: 'run of a Runner whose loopFactory makes no loop',
    make: () => new Runner({ loopFactory: wrong(() => 5) }).getLoop(),
    code: 'COTASK_BAD_OPTION',
    says: /loopFactory makes an EventLoop, this one made number/,
  },
];

const groups = { times, shared, loops, callbacks };

describe.each(Object.entries(groups))('a wrong call (%s)', (_, calls) => {
  test.each(calls)('$call is $code', async (call) => {
    const { error, left } = await refusalOf(call);
    expect(left).toEqual([]);
    expect(error).toBeInstanceOf(CotaskError);
    expect(error).toMatchObject({ code: call.code, message: expect.stringMatching(call.says) });
  });
});
