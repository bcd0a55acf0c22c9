import { describe, expect, test } from 'vitest';

import { sleep } from '../index.ts';
import { park } from '../lowlevel.ts';
import type { Settle } from '../lowlevel.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import type { AwaitableKind } from '../testing/awaitable-contract.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';

const parking: AwaitableKind = {
  value: 'value',
  fails: true,
  make() {
    const armed: Settle<string>[] = [];
    const over = (settle: Settle<string> | undefined): void => {
      if (settle !== undefined && armed.includes(settle)) armed.splice(armed.indexOf(settle), 1);
    };
    return {
      wait: () =>
        park<string>('a bell', (settle) => {
          armed.push(settle);
          return () => over(settle);
        }),
      *complete(after) {
        const [settle] = armed;
        over(settle);
        settle?.resolve('value');
        after?.();
      },
      *fail(error, after) {
        const [settle] = armed;
        over(settle);
        settle?.reject(error);
        after?.();
      },
      left: () => armed.map(() => 'an armed bell'),
    };
  },
};

describe.each(gears)('park(), in the %s gear', (gear) => {
  test.each(contractOf(parking, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('a parked wait, in the %s gear', (gear) => {
  test('is armed when it begins, and anew each time', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      let armed = 0;
      const bell = park<number>('a bell', ({ resolve }) => {
        const turn = ++armed;
        loop.callSoon(() => resolve(turn));
      });
      log(armed);
      log(yield* on(bell), yield* on(bell), armed);
    });
    expect(lines).toEqual(['0', '1 2 2']);
  });

  test('that is settled while it is being armed is no wait', async () => {
    const lines = await play(gear, function* (stage) {
      stage.log(yield* on(park<string>('at once', (settle) => settle.resolve('there'))), stage.tick);
      const broken = park('at once', (settle) => settle.reject(new Error('broken')));
      stage.log(yield* attempt(broken), stage.tick);
    });
    expect(lines).toEqual(['there 0', 'broken 0']);
  });

  test('takes the first answer only, also after a cancel', async () => {
    const lines = await play(gear, function* (stage) {
      let bell: Settle<string> | undefined;
      const listener = () =>
        stage.spawn(() =>
          on(
            park<string>('a bell', (settle) => {
              bell = settle;
              return () => stage.log('undone');
            }),
          ),
        );
      const first = listener();
      yield* on(sleep(1));
      bell?.resolve('one');
      bell?.resolve('two');
      bell?.reject(new Error('three'));
      stage.log(yield* attempt(first));
      const second = listener();
      yield* on(sleep(1));
      second.cancel('x');
      bell?.resolve('too late');
      stage.log(yield* attempt(second));
      bell?.reject(new Error('much too late'));
    });
    expect(lines).toEqual(['one', 'undone', 'C(x)']);
  });

  test('that cannot be armed fails with the reason', async () => {
    const lines = await play(gear, function* ({ log }) {
      const unarmed = park('a bell', () => {
        throw new Error('no bell here');
      });
      log(yield* attempt(unarmed));
    });
    expect(lines).toEqual(['no bell here']);
  });

  test('is undone once, by the cancel, before anybody else runs', async () => {
    const lines = await play(gear, function* (stage) {
      const task = stage.spawn(() => on(park('a bell', () => () => stage.log('undone'))));
      yield* on(sleep(1));
      task.cancel();
      task.cancel();
      stage.log('cancelled');
      stage.log(yield* attempt(task));
    });
    expect(lines).toEqual(['undone', 'cancelled', 'C']);
  });
});
