import { describe, expect, test } from 'vitest';

import { awaitChain, gather, run, shield, sleep, taskGroup, wait } from '../index.ts';
import { attempt, gears, inGear, on, told } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { Stage, me, play } from '../testing/stage.ts';
import { VirtualHost } from '../testing/virtual-host.ts';

/** The last line of an error's stack, where a chain stands. */
function lastLine(error: unknown): string {
  return error instanceof Error ? ((error.stack ?? '').split('\n').at(-1)?.trim() ?? '') : String(error);
}

/** A task that fails a tick after it began. */
function failing(stage: Stage, name: string, error = new Error('broken')): ReturnType<Stage['spawn']> {
  return stage.spawn(
    function* () {
      yield* on(sleep(1));
      throw error;
    },
    { name },
  );
}

function* caught(body: EitherBody<unknown>): EitherBody<unknown> {
  try {
    return yield* body;
  } catch (error) {
    return error;
  }
}

describe.each(gears)('an error, in the %s gear', (gear) => {
  test.each<[string, (stage: Stage) => EitherBody<unknown>, string]>([
    ['a task', (stage) => on(failing(stage, 'a')), 'in task "a", awaited by task "main"'],
    [
      'a gather',
      (stage) => on(gather(failing(stage, 'a'), sleep(1))),
      'in task "a", awaited by task "main" (all 2 of a gather)',
    ],
    [
      'a shield',
      (stage) => on(shield(failing(stage, 'a'))),
      'in task "a", awaited by task "main" (task "a", shielded)',
    ],
    [
      'tasks one after the other',
      (stage) => {
        const b = stage.spawn(() => on(failing(stage, 'a')), { name: 'b' });
        return on(stage.spawn(() => on(gather([b])), { name: 'c' }));
      },
      'in task "a", awaited by task "b", awaited by task "c" (all 1 of a gather), awaited by task "main"',
    ],
  ])('that came through %s says so where it is printed', async (_, write, words) => {
    const lines = await play(gear, function* (stage) {
      me().setName('main');
      const error = yield* caught(write(stage));
      stage.log(lastLine(error));
      const [first] = awaitChain(error);
      stage.log(first?.task, first?.madeAt);
    });
    expect(lines).toEqual([words, 'a null']);
  });

  test('of a task of a group says whose group it was', async () => {
    const lines = await play(gear, function* (stage) {
      const error = yield* caught(
        on(
          taskGroup(
            inGear(gear, function* (group) {
              group.createTask(
                stage.coroutineOf(function* () {
                  yield* on(sleep(1));
                  throw new Error('broken');
                })(),
                { name: 'child' },
              );
              yield* on(sleep(5));
            }),
          ),
        ),
      );
      if (error instanceof AggregateError) stage.log(lastLine(error.errors[0]));
    });
    expect(lines).toEqual(['in task "child", awaited by task "main" (a task group)']);
  });

  test('that is awaited late says who did', async () => {
    const lines = await play(gear, function* (stage) {
      const task = failing(stage, 'a');
      yield* on(wait([task]));
      const middle = stage.spawn(() => on(task), { name: 'b' });
      yield* on(sleep(2));
      stage.log(lastLine(yield* caught(on(middle))));
    });
    expect(lines).toEqual(['in task "a", awaited by task "b", awaited by task "main"']);
  });

  test('that ends several tasks is told once, with the last of the others', async () => {
    const lines = await play(gear, function* (stage) {
      const shared = new Error('broken');
      const tasks = ['a', 'b', 'c'].map((name) => failing(stage, name, shared));
      for (const task of tasks) yield* attempt(task);
      stage.log(lastLine(shared));
      stage.log((shared.stack ?? '').split('in task').length - 1);
    });
    expect(lines).toEqual(['in task "a", awaited by task "main"; later in task "c"', '2']);
  });

  test('that comes through very many tasks is cut', async () => {
    const lines = await play(gear, function* (stage) {
      let task = failing(stage, '0');
      for (let i = 1; i <= 40; i++) {
        const below = task;
        task = stage.spawn(() => on(below), { name: String(i) });
      }
      const error = yield* caught(on(task));
      stage.log(awaitChain(error).length, lastLine(error).endsWith('awaited by task "15", …'));
    });
    expect(lines).toEqual(['16 true']);
  });

  test('that is no object, is frozen or has no stack is left as it is', async () => {
    const lines = await play(gear, function* (stage) {
      const bare = new Error('bare');
      delete (bare as { stack?: unknown }).stack;
      for (const thrown of ['text', null, Object.freeze(new Error('frozen')), bare, { code: 1 }]) {
        const task = stage.spawn(function* (): EitherBody<never> {
          yield* on(sleep(0));
          throw thrown;
        });
        stage.log((yield* caught(on(task))) === thrown);
      }
    });
    expect(lines).toEqual(['true', 'true', 'true', 'true', 'true']);
  });

  test('keeps a stack that somebody sets', async () => {
    const lines = await play(gear, function* (stage) {
      const error = yield* caught(on(failing(stage, 'a')));
      if (!(error instanceof Error)) return;
      error.stack = 'mine';
      stage.log(error.stack, Object.keys(error));
    });
    expect(lines).toEqual(['mine []']);
  });

  test('says nothing of a main task that failed by itself', async () => {
    const stage = new Stage(gear);
    const main = stage.coroutineOf(function* (): EitherBody<never> {
      yield* told(on(sleep(1)));
      throw new Error('broken');
    });
    const error = await run(main(), { host: new VirtualHost() }).catch((reason: unknown) => reason);
    expect(lastLine(error)).not.toContain('in task');
    expect(awaitChain(error)).toEqual([{ task: 'main', via: null, madeAt: null }]);
  });
});

test('an error that no task has failed with has no chain', () => {
  expect([awaitChain(new Error('alone')), awaitChain('text'), awaitChain(null)]).toEqual([[], [], []]);
});
