import { EventEmitter } from 'node:events';

import { describe, expect, expectTypeOf, test } from 'vitest';

import { detached, sleep } from '../index.ts';
import type { GeneratorBody } from '../index.ts';
import { attempt, gears, inGear, on } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { me, play } from '../testing/stage.ts';

describe.each(gears)('a detached handler, in the %s gear', (gear) => {
  const handler = <A extends unknown[]>(write: (...args: A) => EitherBody<unknown>) => detached(inGear(gear, write));

  test('is a task of its own for each call, with its arguments', async () => {
    const lines = await play(gear, function* (stage) {
      const [emitter, main] = [new EventEmitter(), me()];
      emitter.on(
        'call',
        handler(function* (who: string) {
          stage.log('hello', who, me() === main);
          yield* on(sleep(1));
          stage.log('goodbye', who);
        }),
      );
      emitter.emit('call', 'a');
      emitter.emit('call', 'b');
      stage.log('emitted');
      yield* on(sleep(5));
    });
    expect(lines).toEqual(['emitted', 'hello a false', 'hello b false', 'goodbye a', 'goodbye b']);
  });

  test('is not cancelled with the task that installed it', async () => {
    const lines = await play(gear, function* (stage) {
      const emitter = new EventEmitter();
      const installer = stage.spawn(function* () {
        emitter.on(
          'call',
          handler(function* () {
            stage.log('handler', yield* attempt(sleep(5, 'ended')));
          }),
        );
        emitter.emit('call');
        yield* on(sleep(100));
      });
      yield* on(sleep(1));
      installer.cancel('x');
      stage.log('installer', yield* attempt(installer));
      yield* on(sleep(10));
    });
    expect(lines).toEqual(['installer C(x)', 'handler ended']);
  });

  test('that fails unseen is reported', async () => {
    const lines = await play(gear, function* () {
      const fails = handler(function* () {
        throw new Error('broken');
      });
      fails();
      yield* on(sleep(1));
    });
    expect(lines).toEqual([expect.stringMatching(/^reported: task "Task-\d+" failed, .*broken$/)]);
  });

  test('that is left when the run ends is cancelled', async () => {
    const lines = await play(gear, function* (stage) {
      const stays = handler(function* () {
        stage.log('cancelled', yield* attempt(sleep(100)));
      });
      stage.loop.callLater(1, () => stays());
      yield* on(sleep(2));
      stage.log('end');
    });
    expect(lines).toEqual([
      'end',
      expect.stringMatching(/^left: task/),
      expect.stringMatching(/^left: a timer/),
      'cancelled C',
    ]);
  });
});

test('detached keeps the arguments and gives the task', () => {
  const asynchronous = detached(async (n: number) => `${n}`);
  const generator = detached(function* (): GeneratorBody<number> {
    return yield* sleep(1, 2);
  });
  expectTypeOf(asynchronous).toEqualTypeOf<(n: number) => void>();
  expectTypeOf(generator).toEqualTypeOf<() => void>();
});
