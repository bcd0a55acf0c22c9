import { describe, expect, test } from 'vitest';

import { coroutine, sleep } from '../index.ts';
import { addHooks } from '../lowlevel.ts';
import type { TaskHooks } from '../lowlevel.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';

describe.each(gears)('hooks, in the %s gear', (gear) => {
  test('are told of the life of a task: made, its steps, its waits, its end', async () => {
    const lines = await play(gear, function* (stage) {
      const isIt = (name: string): boolean => name === 'worker';
      const remove = addHooks({
        taskCreated: (task) => isIt(task.name) && stage.log('created', task.state),
        stepBegins: (task) => isIt(task.name) && stage.log('step'),
        taskWaits: (task, wait) => isIt(task.name) && stage.log('waits for', wait.label),
        taskEnded: (task) => isIt(task.name) && stage.log('ended', task.state),
      });
      const worker = stage.spawn(
        function* () {
          yield* on(sleep(1));
          yield* on(stage.loop.createFuture('an answer'));
        },
        { name: 'worker' },
      );
      yield* on(sleep(2));
      worker.cancel('x');
      stage.log(yield* attempt(worker));
      remove();
      yield* on(stage.spawn(() => on(sleep(0)), { name: 'worker' }));
    });
    expect(lines).toEqual([
      'created ready',
      'step',
      'waits for sleep(1)',
      'step',
      'waits for an answer',
      'step',
      'ended done',
      'C(x)',
    ]);
  });

  test('are told of coroutines: made by a call, begun by whoever awaits it', async () => {
    const lines = await play(gear, function* ({ log }) {
      const name = (thing: object): string => ('label' in thing ? String(thing.label) : 'unknown');
      const remove = addHooks({
        coroutineMade: (made) => name(made) === 'work' && log('made', name(made)),
        coroutineBegun: (begun) => name(begun) === 'work' && log('begun', name(begun)),
      });
      const call = coroutine(function* work() {
        yield* sleep(0);
      })();
      log('called');
      yield* on(call);
      remove();
    });
    expect(lines).toEqual(['made work', 'called', 'begun work']);
  });

  test('of several listeners are all called, in the order in which they came, until each is removed', async () => {
    const lines = await play(gear, function* (stage) {
      const listener = (name: string): TaskHooks => ({ taskEnded: () => stage.log(name) });
      const [removeA, removeB] = [addHooks(listener('a')), addHooks(listener('b'))];
      const task = () => stage.spawn(() => on(sleep(0)));
      yield* on(task());
      removeA();
      removeA();
      yield* on(task());
      removeB();
      yield* on(task());
    });
    expect(lines).toEqual(['a', 'b', 'b']);
  });
});
