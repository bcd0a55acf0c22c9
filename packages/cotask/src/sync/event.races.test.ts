/**
 * The cast: a and b, who wait for an event; the test, which sets it.
 * The plot: somebody is cancelled, or the event is cleared, around the moment in which it is set. Whoever waited when it
 * was set has seen it; whoever was cancelled before has not.
 */
import { describe, expect, test } from 'vitest';

import { Event, sleep } from '../index.ts';
import type { Task } from '../index.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';
import type { Script } from '../testing/stage.ts';

const scene = (plot: (event: Event, a: Task<void>, b: Task<void>) => void): Script =>
  function* (stage) {
    const event = new Event();
    const waiter = (name: string): Task<void> =>
      stage.spawn(function* () {
        stage.log(name, yield* attempt(event.wait()));
        stage.log(name, yield* attempt(sleep(1, 'goes on')));
      });
    const [a, b] = [waiter('a'), waiter('b')];
    yield* on(sleep(1));
    plot(event, a, b);
    for (const each of [a, b]) yield* on(each);
    stage.log('set', event.isSet());
  };

describe.each(gears)('an event, in the %s gear', (gear) => {
  test('is not seen by a waiter that was cancelled before', async () => {
    const lines = await play(
      gear,
      scene((event, a) => {
        a.cancel('x');
        event.set();
      }),
    );
    expect(lines).toEqual(['a C(x)', 'b true', 'a goes on', 'b goes on', 'set true']);
  });

  test('has been seen by a waiter that is cancelled afterwards', async () => {
    const lines = await play(
      gear,
      scene((event, a) => {
        event.set();
        a.cancel('x');
      }),
    );
    expect(lines).toEqual(['a true', 'b true', 'a C(x)', 'b goes on', 'set true']);
  });

  test('that is cleared in the same tick has been seen by all who waited', async () => {
    const lines = await play(
      gear,
      scene((event, a) => {
        event.set();
        event.clear();
        a.cancel('x');
      }),
    );
    expect(lines).toEqual(['a true', 'b true', 'a C(x)', 'b goes on', 'set false']);
  });
});
