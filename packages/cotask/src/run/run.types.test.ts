import { describe, expectTypeOf, test } from 'vitest';

import { coroutine, EventLoop, newEventLoop, openSignalReceiver, run, Runner, runMain, sleep } from '../index.ts';
import type { RunnerRunOptions, RunOptions, SignalName, SignalReceiver, Wait } from '../index.ts';

const work = coroutine(async (n: number) => `${n}`);

describe('what begins a run', () => {
  test('run gives a promise of what the coroutine gives', () => {
    void (async () => {
      expectTypeOf(run(work(1))).toEqualTypeOf<Promise<string>>();
      expectTypeOf(await run(sleep(1, 5))).toEqualTypeOf<number>();
      expectTypeOf(await run(sleep(1))).toEqualTypeOf<void>();
    });
  });

  test('runMain gives nothing, whatever the coroutine gives', () => {
    void (() => expectTypeOf(runMain(work(1))).toEqualTypeOf<void>());
  });

  test('a runner gives a promise a run, and can be closed by await using', () => {
    void (async () => {
      await using runner = new Runner({ handleSignals: true });
      expectTypeOf(runner.run(work(1), { context: undefined as never })).toEqualTypeOf<Promise<string>>();
      expectTypeOf(runner.getLoop()).toEqualTypeOf<EventLoop>();
      expectTypeOf(runner.close()).toEqualTypeOf<Promise<void>>();
    });
  });

  test('takes an awaitable, not a function or a promise', () => {
    void (() => {
      // @ts-expect-error not called
      void run(work);
      // @ts-expect-error an async function is no coroutine function
      void run(async () => {});
      // @ts-expect-error a promise has begun: coroutine(async () => promise)() makes work of it
      void run(Promise.resolve(1));
      // @ts-expect-error not called
      runMain(work);
      // @ts-expect-error nothing to run
      runMain();
      // @ts-expect-error not called
      void new Runner().run(work);
    });
  });

  test('knows its options by name', () => {
    expectTypeOf<keyof RunOptions>().toEqualTypeOf<
      'host' | 'policy' | 'debug' | 'graceMs' | 'loopFactory' | 'handleSignals'
    >();
    expectTypeOf<keyof RunnerRunOptions>().toEqualTypeOf<'context'>();
    void (() => {
      void run(work(1), { debug: true, graceMs: 5, loopFactory: newEventLoop });
      // @ts-expect-error a typo
      void run(work(1), { debgu: true });
      // @ts-expect-error seconds as a string
      void run(work(1), { graceMs: '5s' });
      // @ts-expect-error a loop, not a function that makes one
      void run(work(1), { loopFactory: new EventLoop() });
    });
  });
});

describe('a receiver of signals', () => {
  test('gives names of signals, by next() and by for await', () => {
    void (async () => {
      using signals = openSignalReceiver('SIGHUP', 'SIGUSR2');
      expectTypeOf(signals).toEqualTypeOf<SignalReceiver>();
      expectTypeOf(await signals.next()).toEqualTypeOf<SignalName | null>();
      for await (const name of signals) expectTypeOf(name).toEqualTypeOf<SignalName>();
    });
    void function* (signals: SignalReceiver): Generator<Wait, void, unknown> {
      expectTypeOf(yield* signals.next()).toEqualTypeOf<SignalName | null>();
    };
  });

  test('takes names of signals', () => {
    void (() => {
      // @ts-expect-error a signal's name begins with SIG
      void openSignalReceiver('HUP');
      // @ts-expect-error a number
      void openSignalReceiver(1);
    });
  });
});
