import { describe, expect, test } from 'vitest';

import { Event, sleep } from '../index.ts';
import { atOnce, contractOf } from '../testing/awaitable-contract.ts';
import type { AwaitableKind } from '../testing/awaitable-contract.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';

const waiting: AwaitableKind = {
  value: 'true',
  make() {
    const event = new Event();
    return { wait: () => event.wait(), complete: atOnce(() => event.set()) };
  },
};

describe.each(gears)('Event.wait(), in the %s gear', (gear) => {
  test.each(contractOf(waiting, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('an event, in the %s gear', (gear) => {
  test('wakes all who wait, in the order in which they came, one iteration after it is set', async () => {
    const lines = await play(gear, function* (stage) {
      const event = new Event();
      const waiter = (name: string) =>
        stage.spawn(function* () {
          stage.log('woke', name, yield* on(event.wait()), stage.tick);
        });
      const waiters = ['a', 'b'].map(waiter);
      yield* on(sleep(0));
      waiters.push(waiter('late'));
      event.set();
      stage.log('set', event.isSet(), stage.tick);
      for (const each of waiters) yield* on(each);
    });
    // The late one had its first step before it in the ready list, and does not wait.
    expect(lines).toEqual(['set true 1', 'woke late true 2', 'woke a true 2', 'woke b true 2']);
  });

  test('that is set is no wait', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const event = new Event();
      event.set();
      loop.callSoon(() => log('callback'));
      log(yield* on(event.wait()));
      yield* on(sleep(0));
    });
    expect(lines).toEqual(['true', 'callback']);
  });

  test('that is cleared at once has woken those who waited, and nobody else', async () => {
    const lines = await play(gear, function* (stage) {
      const event = new Event();
      const before = stage.spawn(() => on(event.wait()));
      yield* on(sleep(1));
      event.set();
      event.clear();
      const after = stage.spawn(() => on(event.wait()));
      stage.log(yield* attempt(before), event.isSet());
      yield* on(sleep(1));
      stage.log(after.state);
      event.set();
      stage.log(yield* attempt(after));
    });
    expect(lines).toEqual(['true false', 'waiting', 'true']);
  });

  test('that is set twice, or cleared twice, is set or cleared once', async () => {
    const lines = await play(gear, function* ({ log }) {
      const event = new Event({ name: 'go' });
      event.clear();
      event.set();
      event.set();
      log(yield* on(event.wait()), event.isSet());
      event.clear();
      event.clear();
      log(event.isSet());
    });
    expect(lines).toEqual(['true true', 'false']);
  });
});
