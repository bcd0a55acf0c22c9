import { describe, expect, test } from 'vitest';

import { DeadlockError, coroutine, createTask, fromPromise, getRunningLoop, run, sleep } from '../index.ts';
import { park } from '../lowlevel.ts';
import { foreignTurn } from '../probes/vocabulary.ts';
import { VirtualHost } from './index.ts';
import { gears, on } from './both-gears.ts';
import { play } from './stage.ts';

describe.each(gears)('virtual time, in the %s gear', (gear) => {
  test('begins at zero and moves to the next deadline when nothing is ready, at no cost', async () => {
    const lines = await play(gear, function* ({ log, loop, host }) {
      log(loop.time());
      yield* on(sleep(86_400_000));
      log(loop.time(), host.now());
    });
    expect(lines).toEqual(['0', '86400000 86400000']);
  });

  test('does not move while something is ready', async () => {
    const lines = await play(gear, function* (stage) {
      const timer = stage.spawn(function* () {
        yield* on(sleep(1));
        stage.log('timer', stage.tick);
      });
      for (let i = 0; i < 100; i++) yield* on(sleep(0));
      stage.log(stage.loop.time(), stage.tick);
      yield* on(timer);
    });
    expect(lines).toEqual(['0 100', 'timer 102']);
  });

  test('is moved by hand by a block of work', async () => {
    const lines = await play(gear, function* ({ log, loop, host }) {
      loop.callLater(5, () => log('timer', loop.time()));
      host.advance(8);
      yield* on(sleep(1));
      log(loop.time());
    });
    expect(lines).toEqual(['timer 8', '9']);
  });

  test('gives code outside any task its turn before it moves', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const done = loop.createFuture<void>();
      loop.callSoon(async () => {
        for (let i = 0; i < 3; i++) await sleep(1);
        log('outside', loop.time());
        done.setResult();
      });
      yield* on(sleep(2.5));
      log('inside', loop.time());
      yield* on(done);
    });
    expect(lines).toEqual(['inside 2.5', 'outside 3']);
  });
});

test('time stands still while it is held, and goes on when it is not', async () => {
  const host = new VirtualHost();
  const main = coroutine(async () => {
    const slept = createTask(sleep(10));
    const letGo = host.hold();
    const letOtherGo = host.hold();
    letOtherGo();
    letOtherGo();
    // The event comes from outside: without the hold nothing could wake the task, and time would move.
    await park<void>('a foreign event', (settle) => void setTimeout(() => settle.resolve(), 20));
    expect([host.now(), slept.done()]).toEqual([0, false]);
    letGo();
    await slept;
    expect(host.now()).toBe(10);
  });
  await run(main(), { host });
});

test('foreign promises that settle by themselves come before the next deadline', async () => {
  const seen: unknown[] = [];
  const main = coroutine(async () => {
    const slow = sleep(1_000, 'deadline');
    await foreignTurn();
    seen.push(getRunningLoop().time());
    await fromPromise(foreignTurn());
    seen.push(getRunningLoop().time(), await slow, getRunningLoop().time());
  });
  await run(main(), { host: new VirtualHost() });
  expect(seen).toEqual([0, 0, 'deadline', 1_000]);
});

test('a foreign promise that waits for the platform does not keep time from moving for ever', async () => {
  const host = new VirtualHost();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const main = coroutine(async () => {
    const foreign = fromPromise(
      new Promise<string>((resolve) => (timer = setTimeout(resolve, 60_000, 'a minute later'))),
    );
    void foreign.then(undefined, () => {});
    await sleep(5);
  });
  await run(main(), { host });
  clearTimeout(timer);
  expect(host.now()).toBe(5);
});

test('where nothing can come any more, the run ends at once, with the names of those who wait', async () => {
  const main = coroutine(async () => {
    await getRunningLoop().createFuture('a letter');
  });
  const failed = run(main(), { host: new VirtualHost() });
  await expect(failed).rejects.toThrow(DeadlockError);
  await expect(failed).rejects.toThrow('task "main" waits for a letter');
});

test('the same program gives the same run, every time', async () => {
  const program = () =>
    play('async', function* (stage) {
      const worker = (ms: number) =>
        stage.spawn(function* () {
          for (let i = 0; i < 5; i++) {
            yield* on(sleep((ms * 7 + i * 3) % 11));
            stage.log(ms, i, stage.loop.time(), stage.tick);
          }
        });
      for (const task of Array.from({ length: 10 }, (_, i) => worker(i))) yield* on(task);
    });
  const first = await program();
  for (let i = 0; i < 5; i++) expect(await program()).toEqual(first);
});

test('time can be moved forward only', () => {
  const host = new VirtualHost();
  for (const ms of [-1, Number.NaN, Infinity]) {
    expect(() => host.advance(ms)).toThrow(expect.objectContaining({ code: 'COTASK_BAD_TIME' }));
  }
  host.advance(0);
  host.advance(2.5);
  expect(host.now()).toBe(2.5);
});
