/**
 * The order and the ticks of a loop, by the rules of asyncio: one queue, first come, first served; an iteration runs what
 * was ready when it began; due timers join the end. Each test is a program whose transcript is CPython's.
 */
import { describe, expect, test } from 'vitest';

import { createTask, gather, sleep } from '../index.ts';
import { gears, on } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';

describe.each(gears)('callbacks, in the %s gear', (gear) => {
  test('run in the order of the calls, with their arguments, never at once', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      for (const letter of ['a', 'b', 'c']) loop.callSoon((name: string, n: number) => log(name, n), letter, 1);
      log('scheduled');
      yield* on(sleep(0));
      log('after');
    });
    expect(lines).toEqual(['scheduled', 'a 1', 'b 1', 'c 1', 'after']);
  });

  test('that were ready when an iteration began run in it, what they add in the next', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      let n = 0;
      const again = (): void => {
        n += 1;
        log('again', n, stage.tick);
        if (n < 4) loop.callSoon(again);
      };
      loop.callSoon(again);
      for (let i = 0; i < 4; i++) {
        yield* on(sleep(0));
        log('main', stage.tick);
      }
    });
    expect(lines).toEqual([1, 2, 3, 4].flatMap((i) => [`again ${i} ${i}`, `main ${i}`]));
  });

  test('share one queue with first steps and wakes', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      const future = loop.createFuture<void>();
      const waiter = stage.spawn(function* () {
        yield* on(future);
        log('woken');
      });
      yield* on(sleep(0));
      loop.callSoon(() => log('before'));
      future.setResult();
      const started = stage.spawn(function* () {
        log('started');
      });
      loop.callSoon(() => log('after'));
      yield* on(waiter);
      yield* on(started);
    });
    expect(lines).toEqual(['before', 'woken', 'started', 'after']);
  });
});

describe.each(gears)('timers, in the %s gear', (gear) => {
  test('run in the order of their deadlines, each at its own', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      for (const ms of [3, 1, 2]) log('when', loop.callLater(ms, () => log('timer', ms, loop.time())).when());
      loop.callAt(2.5, () => log('at 2.5', loop.time()));
      yield* on(sleep(4));
      log('end', loop.time());
    });
    expect(lines).toEqual(['when 3', 'when 1', 'when 2', 'timer 1 1', 'timer 2 2', 'at 2.5 2.5', 'timer 3 3', 'end 4']);
  });

  test('with equal deadlines run in the order of the calls', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      for (let i = 0; i < 6; i++) loop.callAt(1, () => log(i));
      yield* on(sleep(2));
    });
    expect(lines).toEqual(['0', '1', '2', '3', '4', '5']);
  });

  test('that are due come behind what is ready already, though they were set first', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      loop.callLater(0, () => log('callLater(0)', stage.tick));
      loop.callSoon(() => log('callSoon', stage.tick));
      yield* on(sleep(0));
      log('after one turn', stage.tick);
      yield* on(sleep(0));
      log('after two', stage.tick);
    });
    expect(lines).toEqual(['callSoon 1', 'after one turn 1', 'callLater(0) 1', 'after two 2']);
  });

  test('that are overdue after a block of work all run in one iteration, in the order of their deadlines', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop, host } = stage;
      loop.callLater(2, () => log('t2', stage.tick, loop.time()));
      loop.callLater(1, () => log('t1', stage.tick, loop.time()));
      host.advance(5);
      loop.callSoon(() => log('soon', stage.tick, loop.time()));
      yield* on(sleep(0));
      log('main', stage.tick);
      yield* on(sleep(0));
    });
    expect(lines).toEqual(['soon 1 5', 'main 1', 't1 1 5', 't2 1 5']);
  });

  test('in the past are due at once, in the order of their deadlines', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      loop.callLater(-1, () => log('a', loop.time()));
      loop.callLater(-2, () => log('b', loop.time()));
      yield* on(sleep(0.05));
    });
    expect(lines).toEqual(['b 0', 'a 0']);
  });

  test('set by a callback wait for the next iteration, even when they are due', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      loop.callSoon(() => {
        log('callback', stage.tick);
        loop.callLater(0, () => log('inner timer', stage.tick));
      });
      loop.callSoon(() => log('other', stage.tick));
      yield* on(sleep(1));
    });
    expect(lines).toEqual(['callback 1', 'other 1', 'inner timer 2']);
  });

  test('that were cancelled neither run nor make the loop wait', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const handle = loop.callLater(5, () => log('never'));
      loop.callLater(10, () => log('ten', loop.time()));
      handle.cancel();
      handle.cancel();
      log(handle.cancelled());
      yield* on(sleep(7));
      log(loop.time());
      yield* on(sleep(4));
    });
    expect(lines).toEqual(['true', '7', 'ten 10']);
  });

  test('are not starved by callbacks that go on for ever', async () => {
    const lines = await play(gear, function* ({ log, loop, host }) {
      let [spins, stopped] = [0, false];
      const spin = (): void => {
        spins += 1;
        host.advance(0.25);
        if (!stopped) loop.callSoon(spin);
      };
      loop.callSoon(spin);
      loop.callLater(1, () => (stopped = true));
      yield* on(sleep(2));
      log(spins, stopped);
    });
    expect(lines).toEqual(['6 true']);
  });
});

describe.each(gears)('handles, in the %s gear', (gear) => {
  test('that are cancelled before their turn never run, also in the same iteration', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const first = loop.callSoon(() => log('first'));
      loop.callSoon(() => second.cancel());
      const second = loop.callSoon(() => log('second'));
      const third = loop.callSoon(() => log('third'));
      first.cancel();
      first.cancel();
      log(first.cancelled(), second.cancelled(), third.cancelled());
      yield* on(sleep(0));
      log(first.cancelled(), second.cancelled(), third.cancelled());
    });
    expect(lines).toEqual(['true false false', 'third', 'true true false']);
  });
});

describe.each(gears)('ticks, in the %s gear', (gear) => {
  test('of a sleep of zero are one, and tasks alternate strictly', async () => {
    const lines = await play(gear, function* (stage) {
      const worker = stage.coroutineOf(function* (name: string) {
        for (let i = 0; i < 3; i++) {
          stage.log(name, i, stage.tick);
          yield* on(sleep(0));
        }
      });
      yield* on(gather(worker('a'), worker('b')));
    });
    expect(lines).toEqual([1, 2, 3].flatMap((tick) => ['a', 'b'].map((name) => `${name} ${tick - 1} ${tick}`)));
  });

  test('from the end of a task to who waits for it are one', async () => {
    const lines = await play(gear, function* (stage) {
      const child = createTask(
        stage.coroutineOf(function* () {
          yield* on(sleep(0));
          stage.log('child ends', stage.tick);
        })(),
      );
      stage.log('main waits', stage.tick);
      yield* on(child);
      stage.log('main resumes', stage.tick);
    });
    expect(lines).toEqual(['main waits 0', 'child ends 2', 'main resumes 3']);
  });

  test('pass while nobody waits for them: a loop counts only those in which something ran', async () => {
    const lines = await play(gear, function* (stage) {
      yield* on(sleep(1_000));
      stage.log(stage.tick);
    });
    expect(lines).toEqual(['2']);
  });
});
