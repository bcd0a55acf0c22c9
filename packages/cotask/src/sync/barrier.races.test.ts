/**
 * The cast: a, b and c, who meet at a barrier for three; d, who comes for the next round.
 * The plot: somebody is cancelled, or the barrier is reset or broken, around the moment in which the last one arrives.
 * Whoever was let through has passed; whoever was not starts anew; indices are unique.
 */
import { describe, expect, test } from 'vitest';

import { Barrier, sleep } from '../index.ts';
import type { Task } from '../index.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';
import type { Script, Stage } from '../testing/stage.ts';

interface Scene {
  barrier: Barrier;
  arrives(name: string): Task<void>;
  log: Stage['log'];
}

/** a and b wait. */
const scene = (plot: (scene: Scene, a: Task<void>, b: Task<void>) => EitherBody<void>): Script =>
  function* (stage) {
    const barrier = new Barrier(3);
    const arrives = (name: string): Task<void> =>
      stage.spawn(function* () {
        const index = yield* attempt(barrier.wait());
        stage.log(name, index.startsWith('the barrier') ? 'sent away' : index);
        stage.log(name, yield* attempt(sleep(1, 'goes on')));
      });
    const [a, b] = [arrives('a'), arrives('b')];
    yield* on(sleep(1));
    yield* plot({ barrier, arrives, log: stage.log }, a, b);
    for (const each of [a, b]) yield* on(each);
    stage.log('waiting', barrier.nWaiting);
  };

describe.each(gears)('a barrier, in the %s gear', (gear) => {
  test('that a waiter leaves by a cancel waits for another, and the indices are unique', async () => {
    const lines = await play(
      gear,
      scene(function* ({ barrier, arrives, log }, a) {
        a.cancel('x');
        log(barrier.nWaiting, barrier.broken);
        const [c, d] = [arrives('c'), arrives('d')];
        yield* on(c);
        yield* on(d);
      }),
    );
    expect(lines).toEqual([
      '1 false',
      'a C(x)',
      'd 2',
      'b 0',
      'c 1',
      'a goes on',
      'd goes on',
      'b goes on',
      'c goes on',
      'waiting 0',
    ]);
  });

  test('lets a waiter that is cancelled after the last one arrived pass, and the cancel comes at its next wait', async () => {
    const lines = await play(
      gear,
      scene(function* ({ barrier, log }, a) {
        log(yield* on(barrier.wait()));
        a.cancel('x');
      }),
    );
    expect(lines).toEqual(['2', 'a 0', 'b 1', 'a C(x)', 'b goes on', 'waiting 0']);
  });

  test('that is reset after the last one arrived has let them pass', async () => {
    const lines = await play(
      gear,
      scene(function* ({ barrier, log }) {
        log(yield* on(barrier.wait()));
        barrier.reset();
      }),
    );
    expect(lines).toEqual(['2', 'a 0', 'b 1', 'a goes on', 'b goes on', 'waiting 0']);
  });

  test('that is broken after the last one arrived has let them pass, and sends away who comes', async () => {
    const lines = await play(
      gear,
      scene(function* ({ barrier, arrives, log }) {
        log(yield* on(barrier.wait()));
        barrier.abort();
        yield* on(arrives('d'));
      }),
    );
    expect(lines).toEqual(['2', 'a 0', 'b 1', 'd sent away', 'a goes on', 'b goes on', 'd goes on', 'waiting 0']);
  });

  test('that is broken just before the last one arrives sends all away', async () => {
    const lines = await play(
      gear,
      scene(function* ({ barrier, log }) {
        barrier.abort();
        log((yield* attempt(barrier.wait())).startsWith('the barrier is broken'));
      }),
    );
    expect(lines).toEqual(['true', 'a sent away', 'b sent away', 'a goes on', 'b goes on', 'waiting 0']);
  });

  test('sends a waiter that is cancelled in the tick in which it is reset away first, and cancels it then', async () => {
    const lines = await play(
      gear,
      scene(function* ({ barrier }, a) {
        barrier.reset();
        a.cancel('x');
      }),
    );
    expect(lines).toEqual(['a sent away', 'b sent away', 'a C(x)', 'b goes on', 'waiting 0']);
  });

  test('that is reset while a round leaves counts who stands outside when the last one has left', async () => {
    const lines = await play(
      gear,
      scene(function* ({ barrier, arrives, log }) {
        const [c, d, e, f] = [arrives('c'), arrives('d'), arrives('e'), arrives('f')];
        yield* on(sleep(0));
        log(barrier.nWaiting);
        barrier.reset();
        for (const each of [c, d, e, f]) yield* on(each);
      }),
    );
    expect(lines).toEqual([
      'c 2',
      '0',
      'a 0',
      'b 1',
      'f 2',
      'd 0',
      'e 1',
      'c goes on',
      'a goes on',
      'b goes on',
      'f goes on',
      'd goes on',
      'e goes on',
      'waiting 0',
    ]);
  });

  test('that a task is cancelled outside of has no place for it', async () => {
    const lines = await play(
      gear,
      scene(function* ({ barrier, arrives, log }, a, b) {
        const [c, d] = [arrives('c'), arrives('d')];
        yield* on(sleep(0));
        d.cancel('x');
        for (const each of [a, b, c, d]) yield* on(each);
        log('waiting', barrier.nWaiting);
      }),
    );
    expect(lines).toEqual([
      'c 2',
      'a 0',
      'b 1',
      'd C(x)',
      'c goes on',
      'a goes on',
      'b goes on',
      'd goes on',
      'waiting 0',
      'waiting 0',
    ]);
  });

  test('that is broken sends away who stands outside as well', async () => {
    const lines = await play(
      gear,
      scene(function* ({ barrier, arrives }) {
        const [c, d] = [arrives('c'), arrives('d')];
        yield* on(sleep(0));
        barrier.abort();
        yield* on(c);
        yield* on(d);
      }),
    );
    expect(lines.slice(0, 4)).toEqual(['c 2', 'a 0', 'b 1', 'd sent away']);
  });

  test('lets a task that is cancelled after it was let through leave, and the next round begins', async () => {
    const lines = await play(
      gear,
      scene(function* ({ barrier, arrives, log }, a) {
        const [c, d] = [arrives('c'), arrives('d')];
        yield* on(sleep(0));
        a.cancel('x');
        yield* on(c);
        log('waiting', barrier.nWaiting);
        d.cancel('y');
        yield* on(d);
      }),
    );
    expect(lines).toEqual([
      'c 2',
      'a 0',
      'b 1',
      'a C(x)',
      'c goes on',
      'b goes on',
      'waiting 1',
      'd C(y)',
      'd goes on',
      'waiting 0',
    ]);
  });
});
