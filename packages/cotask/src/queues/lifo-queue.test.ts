import { describe, expect, test } from 'vitest';

import { LifoQueue, sleep } from '../index.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import { gears, on } from '../testing/both-gears.ts';
import { getting, joining, putting } from '../testing/queue-kinds.ts';
import { play } from '../testing/stage.ts';

describe.each(gears)('LifoQueue.get(), in the %s gear', (gear) => {
  test.each(contractOf(getting(LifoQueue), gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('LifoQueue.put(), in the %s gear', (gear) => {
  test.each(contractOf(putting(LifoQueue), gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('LifoQueue.join(), in the %s gear', (gear) => {
  test.each(contractOf(joining(LifoQueue), gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('a stack, in the %s gear', (gear) => {
  test('gives what was put last', async () => {
    const lines = await play(gear, function* ({ log }) {
      const stack = new LifoQueue<number>();
      for (const item of [1, 2, 3]) yield* on(stack.put(item));
      log(yield* on(stack.get()));
      stack.putNowait(4);
      log(yield* on(stack.get()), yield* on(stack.get()), yield* on(stack.get()), stack.empty());
    });
    expect(lines).toEqual(['3', '4 2 1 true']);
  });

  test('serves those who wait in the order in which they came', async () => {
    const lines = await play(gear, function* (stage) {
      const stack = new LifoQueue<number>();
      const getter = (name: string) =>
        stage.spawn(function* () {
          stage.log(name, yield* on(stack.get()));
        });
      const getters = ['a', 'b'].map(getter);
      yield* on(sleep(0));
      stack.putNowait(1);
      stack.putNowait(2);
      for (const each of getters) yield* on(each);
    });
    expect(lines).toEqual(['a 1', 'b 2']);
  });
});
