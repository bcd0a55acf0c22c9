import { describe, expect, test } from 'vitest';

import { createTask, gather, sleep } from '../index.ts';
import { park } from '../lowlevel.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { gated } from '../testing/gated-kind.ts';
import { play } from '../testing/stage.ts';

describe.each(gears)('gather(), in the %s gear', (gear) => {
  const kind = gated((_, gate) => () => gather(sleep(0, 'first'), gate()), {
    beginsAtOnce: true,
    value: '[first, value]',
    ticks: 1,
  });
  test.each(contractOf(kind, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('gather() with errors as results, in the %s gear', (gear) => {
  const kind = gated((_, gate) => () => gather([gate()], { returnExceptions: true }), {
    beginsAtOnce: true,
    value: '[value]',
    fails: false,
    ticks: 1,
  });
  test.each(contractOf(kind, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('a gather, in the %s gear', (gear) => {
  test('gives the results in the order of its arguments, whatever they are', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      const work = stage.coroutineOf(() => on(sleep(3, 'coroutine')));
      const future = loop.createFuture<string>();
      future.setResult('future');
      const bell = park<string>('a bell', (settle) => void loop.callLater(1, () => settle.resolve('parked')));
      const all = gather(
        work(),
        createTask(sleep(2, 'task')),
        future,
        sleep(1, 'sleep'),
        bell,
        Promise.resolve('promise'),
      );
      log(yield* on(all), loop.time());
    });
    expect(lines).toEqual(['[coroutine, task, future, sleep, parked, promise] 3']);
  });

  test('takes one list as well, of any length and kind', async () => {
    const lines = await play(gear, function* ({ log }) {
      function* list() {
        for (let i = 0; i < 3; i++) yield sleep(3 - i, i);
      }
      log(yield* on(gather(list())), yield* on(gather(new Set([sleep(0, 'in a set')]))));
      const many = yield* on(gather(Array.from({ length: 200_000 }, (_, i) => sleep(0, i))));
      log(many.length, many.at(-1));
    });
    expect(lines).toEqual(['[0, 1, 2] [in a set]', '200000 199999']);
  });

  test('of nothing is done, with an empty list', async () => {
    const lines = await play(gear, function* (stage) {
      const [none, empty] = [gather(), gather([])];
      stage.log(none.done(), empty.done(), yield* on(none), yield* on(empty), stage.tick);
    });
    expect(lines).toEqual(['true true [] [] 0']);
  });

  test('begins its coroutines at the call, and a coroutine that is there twice once', async () => {
    const lines = await play(gear, function* (stage) {
      const work = stage.coroutineOf(function* () {
        stage.log('begun');
        yield* on(sleep(1));
        return 'value';
      });
      const twice = work();
      const all = gather(twice, twice);
      yield* on(sleep(0));
      stage.log('awaited');
      stage.log(yield* on(all));
    });
    expect(lines).toEqual(['begun', 'awaited', '[value, value]']);
  });

  test('fails with the first error at once; the others run on, and their errors are no news', async () => {
    const lines = await play(gear, function* (stage) {
      const bad = stage.coroutineOf(function* (ms: number, name: string) {
        yield* on(sleep(ms));
        throw new Error(name);
      });
      const good = stage.coroutineOf(function* () {
        yield* on(sleep(3));
        stage.log('sibling', stage.loop.time());
      });
      const all = gather(bad(2, 'second'), good(), bad(1, 'first'));
      stage.log(yield* attempt(all), stage.loop.time(), all.cancel());
      yield* on(sleep(5));
    });
    expect(lines).toEqual(['first 1 false', 'sibling 3']);
  });

  test('gives errors and cancels in their places when it is told to', async () => {
    const lines = await play(gear, function* (stage) {
      const bad = stage.coroutineOf(function* () {
        throw new Error('broken');
      });
      const gone = createTask(sleep(10));
      stage.loop.callLater(1, () => gone.cancel('x'));
      stage.log(yield* on(gather([sleep(2, 'ok'), bad(), gone], { returnExceptions: true })), stage.loop.time());
    });
    expect(lines).toEqual(['[ok, broken, C(x)] 2']);
  });

  test('takes a child that was cancelled for one that failed, and is not cancelled itself', async () => {
    const lines = await play(gear, function* ({ log }) {
      const gone = createTask(sleep(10));
      const all = gather(gone, sleep(0));
      gone.cancel('x');
      log(yield* attempt(all), all.cancelled());
    });
    expect(lines).toEqual(['C(x) false']);
  });

  test('that is cancelled cancels its children and waits for all of them', async () => {
    for (const returnExceptions of [false, true]) {
      const lines = await play(gear, function* (stage) {
        const child = stage.coroutineOf(function* (name: string, ms: number) {
          try {
            yield* on(sleep(100));
          } finally {
            yield* on(sleep(ms));
            stage.log(name, stage.loop.time());
          }
        });
        const task = stage.spawn(() => on(gather([child('a', 1), child('b', 3)], { returnExceptions })));
        yield* on(sleep(1));
        task.cancel('x');
        stage.log(yield* attempt(task), stage.loop.time(), task.cancelled());
      });
      expect(lines).toEqual(['a 2', 'b 4', 'C(x) 4 true']);
    }
  });

  test('that is cancelled is cancelled, also when its children swallow that', async () => {
    const lines = await play(gear, function* (stage) {
      const stubborn = stage.coroutineOf(() => attempt(sleep(100)));
      for (const returnExceptions of [false, true]) {
        const all = gather([stubborn(), stubborn()], { returnExceptions });
        stage.loop.callLater(1, () => all.cancel('x'));
        stage.log(yield* attempt(all));
      }
    });
    expect(lines).toEqual(['C(x)', 'C(x)']);
  });

  test('that is done refuses a cancel', async () => {
    const lines = await play(gear, function* ({ log }) {
      const all = gather(sleep(0, 1));
      yield* on(all);
      log(all.cancel(), all.cancelled(), all.result());
    });
    expect(lines).toEqual(['false false [1]']);
  });

  test('takes a future that is there twice once, and has an iteration for each tick in which children end', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      const [a, b] = [loop.createFuture<string>(), loop.createFuture<string>()];
      loop.callLater(1, () => a.setResult('a'));
      loop.callLater(2, () => b.setResult('b'));
      log(yield* on(gather(a, b, a, b)), stage.tick);
    });
    expect(lines).toEqual(['[a, b, a, b] 5']);
  });

  test('ends in the place of the child that ended last', async () => {
    const lines = await play(gear, function* (stage) {
      const { loop, log } = stage;
      const [a, b] = [loop.createFuture<string>(), loop.createFuture<string>()];
      const task = stage.spawn(function* () {
        log(yield* on(gather([a, b], { returnExceptions: true })));
      });
      yield* on(sleep(0));
      a.setException(new Error('broken'));
      loop.callSoon(() => loop.callSoon(() => log('before it')));
      b.setResult('b');
      yield* on(task);
    });
    expect(lines).toEqual(['before it', '[broken, b]']);
  });

  test('costs one iteration', async () => {
    const lines = await play(gear, function* (stage) {
      const child = stage.coroutineOf(function* () {
        stage.log('child', stage.tick);
      });
      yield* on(gather(child(), child()));
      stage.log('main', stage.tick);
    });
    expect(lines).toEqual(['child 1', 'child 1', 'main 3']);
  });
});
