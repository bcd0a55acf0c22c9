import { describe, expect, test } from 'vitest';

import { MisuseError, fromPromise, gather, shielded, sleep, taskGroup, timeout } from '../index.ts';
import type { ShieldedOptions, ShieldedScope, TaskGroup } from '../index.ts';
import { attempt, gears, inGear, on, told } from '../testing/both-gears.ts';
import type { EitherBody, Gear } from '../testing/both-gears.ts';
import { me, play } from '../testing/stage.ts';

const protectedBody = <T>(gear: Gear, body: (scope: ShieldedScope) => EitherBody<T>, options?: ShieldedOptions) =>
  shielded(inGear(gear, body), options);

const inTime = <T>(gear: Gear, ms: number, body: () => EitherBody<T>) => timeout(ms, inGear(gear, body));

describe.each(gears)('a shielded scope, in the %s gear', (gear) => {
  const safe = <T>(body: (scope: ShieldedScope) => EitherBody<T>, options?: ShieldedOptions) =>
    on(protectedBody(gear, body, options));

  test('gives what its body gives, or throws its error', async () => {
    const lines = await play(gear, function* ({ log }) {
      log(yield* safe(() => on(sleep(1, 'value'))));
      log(
        yield* told(
          safe(function* () {
            yield* on(sleep(1));
            throw new Error('broken');
          }),
        ),
      );
    });
    expect(lines).toEqual(['value', 'broken']);
  });

  test('lets no cancel in; it is due at the next wait outside, and the value stands', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      const task = stage.spawn(function* () {
        const value = yield* safe(function* (scope) {
          log('undisturbed', scope.requested, scope.signal.aborted);
          yield* on(sleep(5));
          log('requested', scope.requested, scope.signal.aborted, me().signal.aborted, me().cancelling());
          return yield* on(sleep(5, 'value'));
        });
        log(value, loop.time(), me().signal.aborted);
        log(yield* attempt(sleep(5)));
        log(yield* attempt(sleep(5, 'once')));
      });
      yield* on(sleep(1));
      log(task.cancel('x'), task.state);
      yield* on(task);
    });
    expect(lines).toEqual([
      'undisturbed false false',
      'true waiting',
      'requested true false false 1',
      'value 10 true',
      'C(x)',
      'once',
    ]);
  });

  test('holds out a cancel that was due when it was entered', async () => {
    const lines = await play(gear, function* (stage) {
      const { log } = stage;
      const task = stage.spawn(function* () {
        me().cancel('x');
        log(yield* safe(() => attempt(sleep(1, 'clean'))));
        log(yield* attempt(sleep(1)));
      });
      yield* on(task);
    });
    expect(lines).toEqual(['clean', 'C(x)']);
  });

  test('holds out a cancel that a wait with a value brought to its step', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      const gate = loop.createFuture<string>();
      const task = stage.spawn(function* () {
        log(yield* on(gate));
        log(yield* safe(() => attempt(sleep(1, 'clean'))));
        log(yield* attempt(sleep(1)));
      });
      yield* on(sleep(1));
      gate.setResult('value');
      task.cancel('x');
      yield* on(task);
    });
    expect(lines).toEqual(['value', 'clean', 'C(x)']);
  });

  test('holds out a cancel of its own task made by its own body', async () => {
    const lines = await play(gear, function* (stage) {
      const { log } = stage;
      const task = stage.spawn(function* () {
        log(
          yield* safe(function* () {
            me().cancel('x');
            return yield* attempt(sleep(1, 'clean'));
          }),
        );
        log(yield* attempt(sleep(1)));
      });
      yield* on(task);
    });
    expect(lines).toEqual(['clean', 'C(x)']);
  });

  test('forgets what was taken back by uncancel()', async () => {
    const lines = await play(gear, function* (stage) {
      const { log } = stage;
      const task = stage.spawn(function* () {
        log(yield* safe(() => attempt(sleep(5, 'clean')), { limit: 2 }));
        log(yield* attempt(sleep(1, 'free')));
      });
      yield* on(sleep(1));
      task.cancel();
      task.uncancel();
      yield* on(task);
    });
    expect(lines).toEqual(['clean', 'free']);
  });

  test('has timeouts and groups inside that work as ever', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      const task = stage.spawn(function* () {
        yield* safe(function* () {
          log(yield* attempt(inTime(gear, 3, () => on(sleep(100)))), loop.time());
          const fails = function* (group: TaskGroup): EitherBody<void> {
            void group.createTask(
              stage.coroutineOf(function* () {
                yield* on(sleep(1));
                throw new Error('broken');
              })(),
            );
            yield* on(sleep(100));
          };
          log(yield* attempt(taskGroup(inGear(gear, fails))), loop.time());
        });
        log(yield* attempt(sleep(1)));
      });
      yield* on(sleep(1));
      task.cancel('x');
      yield* on(task);
    });
    expect(lines).toEqual(['TO 3', 'G[broken] 4', 'C(x)']);
  });

  test('lets the deadline of a timeout around it wait; a body that ends without another wait has its value', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      log(yield* attempt(inTime(gear, 2, () => safe(() => on(sleep(5, 'value'))))), loop.time());
      const goesOn = inTime(gear, 2, function* () {
        yield* safe(() => on(sleep(5)));
        yield* on(sleep(5));
      });
      log(yield* attempt(goesOn), loop.time(), me().cancelling());
    });
    expect(lines).toEqual(['value 5', 'TO 10 0']);
  });

  test('drops the request of a scope that has ended meanwhile', async () => {
    const lines = await play(gear, function* ({ log }) {
      let helper: PromiseLike<unknown> | undefined;
      const outer = inTime(gear, 2, function* () {
        helper = protectedBody(gear, () => on(sleep(5, 'clean'))).then((value) => value);
        yield* on(sleep(100));
      });
      log(yield* attempt(outer));
      if (helper !== undefined) log(yield* on(fromPromise(helper)));
      log(yield* attempt(sleep(1, 'free')));
    });
    expect(lines).toEqual(['TO', 'clean', 'free']);
  });

  test('keeps a cancel of its task out of the tasks that it waits for, and shields none of them from their own', async () => {
    const lines = await play(gear, function* (stage) {
      const { log } = stage;
      const work = (name: string) =>
        stage.spawn(function* () {
          log(name, yield* attempt(sleep(5, 'done')));
        });
      const task = stage.spawn(function* () {
        yield* safe(function* () {
          const own = work('own');
          yield* on(gather(own, work('other')));
        });
        log('outside', yield* attempt(sleep(1)));
      });
      yield* on(sleep(1));
      task.cancel('x');
      yield* on(sleep(1));
      yield* on(task);
    });
    expect(lines).toEqual(['own done', 'other done', 'outside C(x)']);
  });

  test('makes whoever cancels by waiting wait, and the cancel goes back to it when the task has ended without another wait', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      const inner = stage.spawn(() => safe(() => on(sleep(5, 'value'))));
      const waiter = stage.spawn(function* () {
        log(yield* attempt(inner), loop.time());
        log(yield* attempt(sleep(1)));
      });
      yield* on(sleep(1));
      waiter.cancel('x');
      yield* on(waiter);
    });
    expect(lines).toEqual(['value 5', 'C(x)']);
  });

  test('makes a group that aborts wait for it', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      const body = function* (group: TaskGroup): EitherBody<void> {
        void group.createTask(stage.coroutineOf(() => safe(() => attempt(sleep(5, 'clean'))))(), { name: 'child' });
        yield* on(sleep(1));
        throw new Error('broken');
      };
      log(yield* attempt(taskGroup(inGear(gear, body))), loop.time());
    });
    expect(lines).toEqual(['G[broken] 5']);
  });
});

describe.each(gears)('the limit of a shielded scope, in the %s gear', (gear) => {
  const safe = <T>(body: (scope: ShieldedScope) => EitherBody<T>, options?: ShieldedOptions) =>
    on(protectedBody(gear, body, options));

  test('begins with the first request, and when it is over the cancel comes in', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      const task = stage.spawn(function* () {
        const body = function* (scope: ShieldedScope): EitherBody<void> {
          const { signal } = scope;
          log(yield* attempt(sleep(100)), loop.time(), signal.aborted, scope.requested);
          log(yield* attempt(sleep(1, 'clean-up of the clean-up')));
          throw new Error('gave up');
        };
        log(yield* told(safe(body, { limit: 5 })), loop.time());
        log(yield* attempt(sleep(1, 'delivered once')));
      });
      yield* on(sleep(50));
      task.cancel('x');
      yield* on(task);
    });
    expect(lines).toEqual(['C(x) 55 true false', 'clean-up of the clean-up', 'gave up 56', 'delivered once']);
  });

  test('lets requests that come after it in at once', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      const task = stage.spawn(() =>
        safe(
          function* () {
            log(yield* attempt(sleep(100)), loop.time());
            log(yield* attempt(sleep(100)), loop.time());
          },
          { limit: 5 },
        ),
      );
      yield* on(sleep(1));
      task.cancel('x');
      yield* on(sleep(9));
      task.cancel('y');
      yield* on(task);
    });
    expect(lines).toEqual(['C(x) 6', 'C(y) 10']);
  });

  test('delivers to the tasks that are waited for inside, and leaves the scope as a cancel', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      const task = stage.spawn(() =>
        safe(
          function* () {
            const inner = stage.spawn(function* () {
              log('inner', yield* attempt(sleep(100)), loop.time());
            });
            yield* on(inner);
            yield* on(sleep(1));
            log('outer goes on: the inner task has taken the cancel');
            yield* on(sleep(100));
          },
          { limit: 5 },
        ),
      );
      yield* on(sleep(1));
      task.cancel('x');
      yield* on(sleep(10));
      task.cancel('y');
      log(yield* attempt(task), task.cancelled());
    });
    expect(lines).toEqual(['inner C(x) 6', 'outer goes on: the inner task has taken the cancel', 'C(y) true']);
  });

  test('comes out of a timeout inside as the cancel that it is', async () => {
    const lines = await play(gear, function* (stage) {
      const { log } = stage;
      const task = stage.spawn(() =>
        safe(
          function* () {
            log(yield* attempt(inTime(gear, 50, () => on(sleep(100)))));
            log(yield* attempt(inTime(gear, 50, () => on(sleep(100)))));
          },
          { limit: 5 },
        ),
      );
      yield* on(sleep(1));
      task.cancel('x');
      yield* on(task);
    });
    expect(lines).toEqual(['C(x)', 'TO']);
  });

  test('aborts foreign code inside; its AbortError leaves as the cancel', async () => {
    const lines = await play(gear, function* (stage) {
      const { log } = stage;
      const task = stage.spawn(() =>
        safe(
          (scope) =>
            on(
              fromPromise(
                new Promise((_, reject) => {
                  const { signal } = scope;
                  signal.addEventListener('abort', () => reject(signal.reason));
                }),
              ),
            ),
          { limit: 5 },
        ),
      );
      yield* on(sleep(1));
      task.cancel('x');
      log(yield* attempt(task), task.cancelled());
    });
    expect(lines).toEqual(['C(x) true']);
  });

  test('of an outer scope gives the request to the inner one, which keeps it out for its own limit', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      const task = stage.spawn(() =>
        safe(
          function* () {
            log(yield* safe(() => attempt(sleep(100)), { limit: 3 }), loop.time());
            log(yield* attempt(sleep(5, 'clean')));
          },
          { limit: 5 },
        ),
      );
      yield* on(sleep(1));
      task.cancel('x');
      yield* on(task);
    });
    expect(lines).toEqual(['C(x) 9', 'clean']);
  });

  test('of the inner scope hands what it kept out to the wait after it', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      const task = stage.spawn(() =>
        safe(
          function* () {
            log(yield* safe(() => attempt(sleep(8, 'inner')), { limit: 30 }), loop.time());
            log(yield* attempt(sleep(1)), loop.time());
          },
          { limit: 5 },
        ),
      );
      yield* on(sleep(1));
      task.cancel('x');
      yield* on(task);
    });
    expect(lines).toEqual(['inner 8', 'C(x) 8']);
  });

  test('counts for a cancel that has become a level, too: the clean-up is spared until it is over', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      const body = function* (): EitherBody<void> {
        log('swallowed', yield* attempt(sleep(100)), loop.time());
        log('level', yield* attempt(sleep(100)), loop.time());
        const cleanUp = function* (): EitherBody<void> {
          log('clean', yield* attempt(sleep(3, 'slept')), loop.time());
          log('limit', yield* attempt(sleep(100)), loop.time());
          log('level', yield* attempt(sleep(100)), loop.time());
        };
        yield* safe(cleanUp, { limit: 10 });
        log('level', yield* attempt(sleep(100)), loop.time());
      };
      log(yield* attempt(timeout(5, inGear(gear, body), { graceMs: 10 })), loop.time());
      log(yield* attempt(sleep(1, 'free')));
    });
    expect(lines).toEqual([
      'swallowed C 5',
      'level C 15',
      'clean slept 18',
      'limit C 25',
      'level C 25',
      'level C 25',
      'TO 25',
      'free',
    ]);
  });

  test('that is open when the grace of a scope around it is over keeps the level out', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      const body = function* (): EitherBody<void> {
        log(yield* attempt(sleep(100)), loop.time());
        log(yield* safe(() => attempt(sleep(20, 'clean'))), loop.time());
        log(yield* attempt(sleep(100)), loop.time());
      };
      log(yield* attempt(timeout(5, inGear(gear, body), { graceMs: 10 })), loop.time());
    });
    expect(lines).toEqual(['C 5', 'clean 25', 'C 25', 'TO 25']);
  });

  test('of 0 lets a request in at the next turn', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      const task = stage.spawn(() => safe(() => attempt(sleep(5, 'clean')), { limit: 0 }));
      yield* on(sleep(1));
      task.cancel('x');
      log(yield* on(task), loop.time());
    });
    expect(lines).toEqual(['C(x) 1']);
  });
});

describe('a wrong call of shielded()', () => {
  test.each([
    ['without a body', () => shielded(5 as never), 'COTASK_BAD_OPTION'],
    ['with an unknown option', () => shielded(async () => {}, { ms: 5 } as never), 'COTASK_BAD_OPTION'],
    ['with a negative limit', () => shielded(async () => {}, { limit: -1 }), 'COTASK_BAD_TIME'],
    ['with NaN', () => shielded(async () => {}, { limit: Number.NaN }), 'COTASK_BAD_TIME'],
  ])('%s is refused', (_, make, code) => {
    expect(make).toThrow(MisuseError);
    expect(make).toThrow(expect.objectContaining({ code }));
  });
});
