import { describe, expect, test } from 'vitest';

import { TimeoutError, createTask, shield, sleep, taskGroup, timeout, timeoutAt } from '../index.ts';
import type { TimeoutScope } from '../index.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import type { AwaitableKind } from '../testing/awaitable-contract.ts';
import { attempt, gears, inGear, on } from '../testing/both-gears.ts';
import type { EitherBody, Gear } from '../testing/both-gears.ts';
import { gated } from '../testing/gated-kind.ts';
import { me, play } from '../testing/stage.ts';

const inTime: AwaitableKind = gated(
  (stage, gate) => () =>
    timeout(
      1_000,
      inGear(stage.gear, () => on(gate())),
    ),
);
const at: AwaitableKind = gated(
  (stage, gate) => () =>
    timeoutAt(
      1_000,
      inGear(stage.gear, () => on(gate())),
    ),
);

describe.each(gears)('timeout(), in the %s gear', (gear) => {
  test.each(contractOf(inTime, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('timeoutAt(), in the %s gear', (gear) => {
  test.each(contractOf(at, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

const within = <T>(gear: Gear, ms: number | null, body: (scope: TimeoutScope) => EitherBody<T>) =>
  timeout(ms, inGear(gear, body));

describe.each(gears)('a timeout, in the %s gear', (gear) => {
  test('gives the value of a body that ends in time, and leaves no timer', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      log(yield* on(within(gear, 10, () => on(sleep(1, 'in time')))), loop.time());
    });
    expect(lines).toEqual(['in time 1']);
  });

  test('cancels its body at the deadline, lets it clean up, and says so with the cancel as cause', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const body = within(gear, 5, function* (scope) {
        try {
          yield* on(sleep(100));
        } finally {
          log('cleans up', scope.expired(), loop.time());
          yield* on(sleep(2));
        }
      });
      try {
        yield* on(body);
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error;
        log(error, error.code, error.cause, loop.time(), me().cancelling());
      }
    });
    expect(lines).toEqual(['cleans up true 5', 'TO COTASK_TIMEOUT C 7 0']);
  });

  test('of null is none', async () => {
    const lines = await play(gear, function* ({ log }) {
      const body = within(gear, null, function* (scope) {
        log(scope.when());
        return yield* on(sleep(1e6, 'slept'));
      });
      log(yield* on(body));
    });
    expect(lines).toEqual(['null', 'slept']);
  });

  test('that has passed already does nothing to a body that never waits, and ends one that does', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      for (const ms of [0, -11]) {
        let scope: TimeoutScope | undefined;
        const never = within(gear, ms, function* (own) {
          scope = own;
          return 'never waited';
        });
        log(yield* on(never), scope?.expired());
        const waits = within(gear, ms, function* (own) {
          scope = own;
          yield* on(sleep(0));
        });
        log(yield* attempt(waits), scope?.expired(), loop.time());
      }
    });
    expect(lines).toEqual(Array(2).fill(['never waited false', 'TO true 0']).flat());
  });

  test('may be moved later, nearer, and away, while its body runs', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      for (const moves of [[5], [5, 0.5], [null], [-1], [null, 3]]) {
        const began = loop.time();
        const body = within(gear, 1, function* (scope) {
          for (const ms of moves) scope.reschedule(ms === null ? null : loop.time() + ms);
          const when = scope.when();
          log('when', when === null ? null : when - began);
          return yield* on(sleep(20, 'slept'));
        });
        log(yield* attempt(body), loop.time() - began);
      }
    });
    expect(lines).toEqual([
      'when 5',
      'TO 5',
      'when 0.5',
      'TO 0.5',
      'when null',
      'slept 20',
      'when -1',
      'TO 0',
      'when 3',
      'TO 3',
    ]);
  });

  test('cannot be moved once it has expired or ended', async () => {
    const lines = await play(gear, function* ({ log }) {
      let scope: TimeoutScope | undefined;
      const body = within(gear, 1, function* (own) {
        scope = own;
        try {
          yield* on(sleep(10));
        } finally {
          log(refusal(own));
        }
      });
      log(yield* attempt(body), refusal(scope));
      yield* on(
        within(gear, 1, function* (own) {
          scope = own;
        }),
      );
      log(refusal(scope));
    });
    expect(lines).toEqual(['COTASK_SCOPE_ENDED', 'TO COTASK_SCOPE_ENDED', 'COTASK_SCOPE_ENDED']);
  });

  test('leaves a cancel from outside a cancel', async () => {
    const lines = await play(gear, function* (stage) {
      let scope: TimeoutScope | undefined;
      const task = stage.spawn(() =>
        on(
          within(gear, 10, function* (own) {
            scope = own;
            yield* on(sleep(50));
          }),
        ),
      );
      yield* on(sleep(1));
      task.cancel('outside');
      stage.log(yield* attempt(task), scope?.expired(), task.cancelling());
    });
    expect(lines).toEqual(['C(outside) false 1']);
  });

  test('lets the error of its body through, also one of the clean-up', async () => {
    const lines = await play(gear, function* ({ log }) {
      const failing = (ms: number) =>
        within(gear, 5, function* () {
          try {
            yield* on(sleep(ms));
          } catch {
            // Not the cancel, but what the clean-up ran into.
          }
          throw new Error('broken');
        });
      log(yield* attempt(failing(1)), yield* attempt(failing(100)));
    });
    expect(lines).toEqual(['broken broken']);
  });

  test('around clean-up works while another has expired around it', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const body = within(gear, 1, function* () {
        try {
          yield* on(sleep(10));
        } finally {
          log(yield* attempt(within(gear, 2, () => on(sleep(20)))), loop.time());
        }
      });
      log(yield* attempt(body), loop.time());
    });
    expect(lines).toEqual(['TO 3', 'TO 3']);
  });

  test('is one of its own in a task that has swallowed a cancel', async () => {
    const lines = await play(gear, function* ({ log }) {
      me().cancel();
      yield* attempt(sleep(1));
      log(yield* attempt(within(gear, 1, () => on(sleep(10)))), me().cancelling());
      me().uncancel();
    });
    expect(lines).toEqual(['TO 1']);
  });

  test('cancels a task that is waited for in it, and waits for its clean-up', async () => {
    const lines = await play(gear, function* (stage) {
      const child = stage.spawn(function* () {
        try {
          yield* on(sleep(100));
        } finally {
          yield* on(sleep(2));
          stage.log('cleaned up', stage.loop.time());
        }
      });
      stage.log(yield* attempt(within(gear, 1, () => on(child))), stage.loop.time(), child.cancelled());
    });
    expect(lines).toEqual(['cleaned up 3', 'TO 3 true']);
  });

  test('does not touch a shielded task', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const task = createTask(sleep(3, 'survived'));
      log(yield* attempt(within(gear, 1, () => on(shield(task)))), loop.time());
      log(yield* on(task), loop.time());
    });
    expect(lines).toEqual(['TO 1', 'survived 3']);
  });

  test('around a group cancels its tasks, and is no failure of the group', async () => {
    const lines = await play(gear, function* (stage) {
      const children: { cancelled(): boolean }[] = [];
      const group = taskGroup(
        inGear(gear, function* (own) {
          for (let i = 0; i < 2; i++) children.push(own.createTask(sleep(10)));
        }),
      );
      stage.log(
        yield* attempt(within(gear, 1, () => on(group))),
        children.map((child) => child.cancelled()),
        stage.loop.time(),
      );
    });
    expect(lines).toEqual(['TO [true, true] 1']);
  });

  test('gives foreign code a signal that is aborted at the deadline', async () => {
    const lines = await play(gear, function* ({ log }) {
      const body = within(gear, 1, function* ({ signal }) {
        log(signal.aborted);
        yield* attempt(sleep(10));
        log(signal.aborted, signal.reason);
      });
      log(yield* attempt(body));
    });
    expect(lines).toEqual(['false', 'true C', 'TO']);
  });
});

function refusal(scope: TimeoutScope | undefined): unknown {
  try {
    scope?.reschedule(10);
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'moved';
}
