import { describe, expect, test } from 'vitest';

import { CotaskError, abortSignal, fromPromise, gather, sleep, timeout } from '../index.ts';
import type { AbortSignalLike, ScopeHandle } from '../index.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import type { AwaitableKind } from '../testing/awaitable-contract.ts';
import { attempt, gears, inGear, on, told } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { gated } from '../testing/gated-kind.ts';
import { me, play } from '../testing/stage.ts';

const underSignal: AwaitableKind = gated((stage, gate) => {
  const { signal } = new AbortController();
  return () =>
    abortSignal(
      signal,
      inGear(stage.gear, () => on(gate())),
    );
});

/** A signal that counts its listeners. */
class CountingSignal implements AbortSignalLike {
  aborted = false;
  reason: unknown;
  most = 0;
  readonly listeners: Set<() => void> = new Set();

  addEventListener(_: 'abort', listener: () => void): void {
    this.listeners.add(listener);
    this.most = Math.max(this.most, this.listeners.size);
  }

  removeEventListener(_: 'abort', listener: () => void): void {
    this.listeners.delete(listener);
  }

  abort(reason?: unknown): void {
    this.aborted = true;
    this.reason = reason;
    for (const listener of this.listeners) listener();
  }
}

describe.each(gears)('abortSignal() with a body, in the %s gear', (gear) => {
  test.each(contractOf(underSignal, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });

  const under = <T>(signal: AbortSignalLike, body: (scope: ScopeHandle) => EitherBody<T>) =>
    abortSignal(signal, inGear(gear, body));

  test('cancels its body when the signal is aborted, lets it clean up, and throws the reason', async () => {
    const reason = new RangeError('left');
    const lines = await play(gear, function* ({ log, loop }) {
      const controller = new AbortController();
      loop.callLater(5, () => controller.abort(reason));
      const body = function* (scope: ScopeHandle): EitherBody<void> {
        const { signal } = scope;
        try {
          yield* on(sleep(100));
        } catch (error) {
          log(error, (error as { source: string }).source, signal.aborted);
          yield* on(sleep(2));
          throw error;
        }
      };
      try {
        yield* on(under(controller.signal, body));
      } catch (error) {
        log(error === reason, loop.time(), me().cancelling());
      }
    });
    expect(lines).toEqual(['C signal true', 'true 7 0']);
  });

  test('throws a CotaskError with the reason as cause where that is no error', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const controller = new AbortController();
      loop.callLater(1, () => controller.abort('bored'));
      try {
        yield* on(under(controller.signal, () => on(sleep(100))));
      } catch (error) {
        if (!(error instanceof CotaskError)) throw error;
        log(error.code, error.cause);
      }
    });
    expect(lines).toEqual(['COTASK_ABORTED bored']);
  });

  test('begins nothing where the signal is aborted already', async () => {
    const lines = await play(gear, function* ({ log }) {
      const whole = under(AbortSignal.abort(new Error('too late')), function* () {
        log('begun');
      });
      log(yield* attempt(whole));
      log(yield* attempt(sleep(1, 'free')));
    });
    expect(lines).toEqual(['too late', 'free']);
  });

  test('gives a value that is there when the signal is aborted, and is aborted at the next wait', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const controller = new AbortController();
      const gate = loop.createFuture<string>();
      loop.callLater(1, () => {
        gate.setResult('value');
        controller.abort(new Error('left'));
      });
      log(yield* attempt(under(controller.signal, () => on(gate))));
      const second = new AbortController();
      const whole = under(second.signal, function* () {
        second.abort(new Error('left'));
        log('runs on');
        yield* on(sleep(1));
      });
      log(yield* attempt(whole));
    });
    expect(lines).toEqual(['value', 'runs on', 'left']);
  });

  test('was aborted, too, when the body swallows the cancel', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const controller = new AbortController();
      loop.callLater(1, () => controller.abort(new Error('left')));
      log(
        yield* attempt(
          under(controller.signal, function* () {
            log(yield* attempt(sleep(100)));
            log(yield* attempt(sleep(1, 'goes on')));
          }),
        ),
      );
    });
    expect(lines).toEqual(['C', 'goes on', 'left']);
  });

  test('lets a cancel from outside go through, and a failure of the body', async () => {
    const lines = await play(gear, function* (stage) {
      const signal = new CountingSignal();
      const task = stage.spawn(() => told(on(under(signal, () => on(sleep(100))))));
      yield* on(sleep(1));
      task.cancel('x');
      stage.log(yield* on(task));
      stage.log(
        yield* attempt(
          timeout(
            5,
            inGear(gear, () => on(under(signal, () => on(sleep(100))))),
          ),
        ),
      );
      const fails = function* (): EitherBody<void> {
        yield* on(sleep(1));
        throw new Error('broken');
      };
      stage.log(yield* attempt(under(signal, fails)), signal.listeners.size);
    });
    expect(lines).toEqual(['C(x)', 'TO', 'broken 0']);
  });

  test('makes a level of an abort that was swallowed, when its grace is over', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const controller = new AbortController();
      loop.callLater(1, () => controller.abort(new Error('left')));
      const stubborn = function* (): EitherBody<void> {
        for (let i = 0; i < 3; i++) log(yield* attempt(sleep(100)), loop.time());
      };
      log(yield* attempt(abortSignal(controller.signal, inGear(gear, stubborn), { graceMs: 5 })));
    });
    expect(lines).toEqual(['C 1', 'C 6', 'C 6', 'left']);
  });

  test('ends foreign code by the signal of the scope', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const controller = new AbortController();
      loop.callLater(1, () => controller.abort(new Error('left')));
      const foreign = ({ signal }: ScopeHandle): EitherBody<unknown> =>
        on(
          fromPromise(
            new Promise((_, reject) => {
              signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
            }),
          ),
        );
      log(yield* attempt(under(controller.signal, foreign)));
    });
    expect(lines).toEqual(['left']);
  });

  test('has one listener a signal, however many scopes hang on it, and none after the last has ended', async () => {
    const lines = await play(gear, function* (stage) {
      const signal = new CountingSignal();
      const work = stage.coroutineOf((ms: number) => told(on(under(signal, () => on(sleep(ms, 'done'))))));
      const all = gather([1, 2, 100, 200].map((ms) => work(ms)));
      yield* on(sleep(5));
      stage.log(signal.listeners.size, signal.most);
      signal.abort(new Error('left'));
      stage.log(yield* on(all), signal.listeners.size, signal.most);
      stage.log(yield* attempt(under(new CountingSignal(), () => on(sleep(1, 'another')))));
    });
    expect(lines).toEqual(['1 1', '[done, done, left, left] 0 1', 'another']);
  });
});

describe.each(gears)('abortSignal() without arguments, in the %s gear', (gear) => {
  test('is the signal of the innermost scope of the caller', async () => {
    const lines = await play(gear, function* ({ log }) {
      const outer = abortSignal();
      const body = function* (): EitherBody<void> {
        const inner = abortSignal();
        log(inner === me().signal, inner === outer);
        try {
          yield* on(sleep(100));
        } finally {
          log(inner.aborted, outer.aborted, abortSignal().aborted);
        }
      };
      log(yield* attempt(timeout(5, inGear(gear, body))));
      log(outer.aborted);
    });
    expect(lines).toEqual(['true false', 'true false false', 'TO', 'false']);
  });
});

describe('a wrong call of abortSignal()', () => {
  test.each([
    ['outside any task', () => abortSignal(), 'COTASK_NOT_IN_A_TASK'],
    ['without a body', () => abortSignal(new AbortController().signal, undefined as never), 'COTASK_BAD_OPTION'],
    [
      'with an unknown option',
      () => abortSignal(new AbortController().signal, async () => {}, { ms: 5 } as never),
      'COTASK_BAD_OPTION',
    ],
    ['with a controller', () => abortSignal(new AbortController() as never, async () => {}), 'COTASK_BAD_OPTION'],
  ])('%s is refused', (_, make, code) => {
    expect(make).toThrow(expect.objectContaining({ code }));
  });
});
