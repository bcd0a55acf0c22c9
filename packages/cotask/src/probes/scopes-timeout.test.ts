import { describe, expect, test } from 'vitest';

import { Queue, getRunningLoop, shield, sleep, timeout } from '../index.ts';
import { attempt, gears, me, on, wordsOf } from './vocabulary.ts';

describe.each(gears)('in the %s gear', (gear) => {
  const { body, program, spawn: spawnHere } = wordsOf(gear);
  const long = body(function* () {
    yield* on(sleep(50));
  });

  // S1
  test('an inner deadline is a timeout inside, and the outer body goes on', async () => {
    const lines = await program(function* (log) {
      const outer = body(function* () {
        log('inner', yield* attempt(timeout(3, long)));
        yield* on(sleep(1));
        return 'outer goes on';
      });
      log(yield* attempt(timeout(20, outer)), getRunningLoop().time());
    });
    expect(lines).toEqual(['inner TO', 'outer goes on 4']);
  });

  test('an outer deadline passes the inner timeout as a cancel, and is a timeout outside', async () => {
    const lines = await program(function* (log) {
      const outer = body(function* () {
        try {
          yield* on(timeout(20, long));
        } catch (error) {
          log('inner', error);
          throw error;
        }
      });
      log('outer', yield* attempt(timeout(3, outer)), me().cancelling());
    });
    expect(lines).toEqual(['inner C', 'outer TO 0']);
  });

  // S2
  test.each([
    { innerAt: 2, outerAt: 1 },
    { innerAt: 1, outerAt: 2 },
  ])(
    'deadlines $innerAt inside and $outerAt outside, both passed at once, are one timeout, outside',
    async ({ innerAt, outerAt }) => {
      const lines = await program(function* (log, host) {
        const inner = body(function* () {
          host.advance(5);
          yield* on(sleep(10));
        });
        const outer = body(function* () {
          try {
            yield* on(timeout(innerAt, inner));
          } catch (error) {
            log('inner', error);
            throw error;
          }
        });
        log('outer', yield* attempt(timeout(outerAt, outer)), me().cancelling());
        log(yield* attempt(sleep(1, 'clean')));
      });
      expect(lines).toEqual(['inner C', 'outer TO 0', 'clean']);
    },
  );

  // S3
  test('an outer deadline during the clean-up of the inner body hits the clean-up', async () => {
    const lines = await program(function* (log) {
      const inner = body(function* () {
        try {
          yield* on(sleep(50));
        } catch (error) {
          log('body', error);
          try {
            yield* on(sleep(50));
          } catch (again) {
            log('clean-up', again);
            throw again;
          }
        }
      });
      const outer = body(function* () {
        try {
          yield* on(timeout(2, inner));
        } catch (error) {
          log('inner', error);
          throw error;
        }
      });
      log('outer', yield* attempt(timeout(5, outer)), me().cancelling(), getRunningLoop().time());
    });
    expect(lines).toEqual(['body C', 'clean-up C', 'inner C', 'outer TO 0 5']);
  });

  // S9
  test('a body that swallows its deadline is a timeout at the exit', async () => {
    const lines = await program(function* (log) {
      const swallowing = body(function* () {
        log(yield* attempt(sleep(50)));
        yield* on(sleep(3));
        log('body ends');
      });
      log(yield* attempt(timeout(1, swallowing)), getRunningLoop().time());
    });
    expect(lines).toEqual(['C', 'body ends', 'TO 4']);
  });

  test('so is a body whose child swallows it', async () => {
    const lines = await program(function* (log) {
      const child = spawnHere(function* () {
        log('child', yield* attempt(sleep(50)));
        return 'swallowed';
      });
      const waiting = body(function* () {
        log('body', yield* on(child));
      });
      log(yield* attempt(timeout(1, waiting)), me().cancelling());
    });
    expect(lines).toEqual(['child C', 'body swallowed', 'TO 0']);
  });

  test('a body that returns before its deadline is delivered keeps its value', async () => {
    const lines = await program(function* (log, host) {
      const punctual = body(function* () {
        yield* on(sleep(0));
        host.advance(5);
        return 'value';
      });
      log(yield* attempt(timeout(1, punctual)));
      log(yield* attempt(sleep(1, 'clean')), me().cancelling());
    });
    expect(lines).toEqual(['value', 'clean 0']);
  });

  // S10
  test('an item whose timer comes before the deadline in the same tick is handed over', async () => {
    const lines = await program(function* (log) {
      const queue = new Queue<string>();
      const getting = body(function* () {
        return yield* on(queue.get());
      });
      getRunningLoop().callLater(3, () => queue.putNowait('item'));
      log(yield* attempt(timeout(3, getting)), 'left', queue.qsize());
    });
    expect(lines).toEqual(['item left 0']);
  });

  test('an item whose timer comes after the deadline in the same tick stays in the queue', async () => {
    const lines = await program(function* (log) {
      const queue = new Queue<string>();
      const getting = body(function* () {
        return yield* on(queue.get());
      });
      const task = spawnHere(function* () {
        log(yield* attempt(timeout(3, getting)), 'left', queue.qsize());
      });
      yield* on(sleep(0));
      getRunningLoop().callLater(3, () => queue.putNowait('item'));
      yield* on(task);
    });
    expect(lines).toEqual(['TO left 1']);
  });

  test('a value that is only on its way when the deadline runs does not win', async () => {
    const lines = await program(function* (log) {
      const loop = getRunningLoop();
      const future = loop.createFuture<string>();
      const waiting = body(function* () {
        return yield* on(future);
      });
      loop.callLater(3, () => loop.callSoon(() => future.done() || future.setResult('v')));
      log(yield* attempt(timeout(3, waiting)));
    });
    expect(lines).toEqual(['TO']);
  });

  // S24
  test('the clean-up of a timeout may wait for what a shield kept from it', async () => {
    const lines = await program(function* (log) {
      const child = spawnHere(function* () {
        return yield* on(sleep(10, 'v'));
      });
      const waiting = body(function* () {
        try {
          yield* on(shield(child));
        } catch (error) {
          log('shield', error);
          log('child', yield* on(child));
          throw error;
        }
      });
      log(yield* attempt(timeout(3, waiting)), getRunningLoop().time());
    });
    expect(lines).toEqual(['shield C', 'child v', 'TO 10']);
  });
});
