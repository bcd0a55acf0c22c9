import { describe, expect, test } from 'vitest';

import {
  EventLoop,
  Runner,
  coroutine,
  createTask,
  currentTask,
  fromPromise,
  getRunningLoop,
  run,
  sleep,
} from '../index.ts';
import { attempt, gears, inGear, on } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { newLog, show } from '../testing/transcript.ts';
import { VirtualHost } from '../testing/virtual-host.ts';

const told = (promise: Promise<unknown>): Promise<string> => promise.then(show, show);

describe.each(gears)('a Runner, in the %s gear', (gear) => {
  const body = <T>(write: () => EitherBody<T>) => coroutine(inGear(gear, write))();

  test('runs one main task after the other on one loop, which it closes in the end', async () => {
    const loops: unknown[] = [];
    const main = (ms: number) =>
      body(function* () {
        loops.push(getRunningLoop());
        return yield* on(sleep(ms, ms));
      });
    const runner = new Runner({ host: new VirtualHost() });
    const loop = runner.getLoop();
    expect([await runner.run(main(1)), await runner.run(main(2)), loop.time()]).toEqual([1, 2, 3]);
    expect(loops).toEqual([loop, loop]);
    expect(loop.isClosed()).toBe(false);
    await runner.close();
    expect(loop.isClosed()).toBe(true);
  });

  test('leaves tasks alone between two runs, and cancels them when it closes', async () => {
    const log = newLog();
    const runner = new Runner({ host: new VirtualHost() });
    const left = () =>
      body(function* () {
        for (let n = 1; ; n += 1) {
          log('left', n, yield* attempt(sleep(10)));
          if (n === 2) break;
        }
        try {
          yield* on(sleep(100));
        } finally {
          yield* on(sleep(1));
          log('cleaned up', getRunningLoop().time());
        }
      });
    await runner.run(
      body(function* () {
        void createTask(left());
        yield* on(sleep(15));
        log('first main ends');
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 5));
    log('between');
    await runner.run(body(() => on(sleep(10))));
    log('second main ended');
    await runner.close();
    expect(log.lines).toEqual([
      'left 1 undefined',
      'first main ends',
      'between',
      'left 2 undefined',
      'second main ended',
      'cleaned up 26',
    ]);
  });

  test('goes on after a run that failed, and after one that was cancelled', async () => {
    await using runner = new Runner({ host: new VirtualHost() });
    const failing = body(function* () {
      yield* on(sleep(1));
      throw new Error('broken');
    });
    const cancelled = body(function* () {
      currentTask()?.cancel('x');
      yield* on(sleep(1));
    });
    const fine = body(() => on(sleep(1, 'fine')));
    expect([await told(runner.run(failing)), await told(runner.run(cancelled)), await told(runner.run(fine))]).toEqual([
      'broken',
      'C(x)',
      'fine',
    ]);
  });

  test('is refused inside a task, during another of its runs, and once it is closed', async () => {
    const runner = new Runner({ host: new VirtualHost() });
    const inside = runner.run(body(() => on(fromPromise(new Runner().run(sleep(1))))));
    const during = runner.run(sleep(1));
    const closing = runner.close();
    await expect(during).rejects.toMatchObject({ code: 'COTASK_LOOP_RUNNING' });
    await expect(closing).rejects.toMatchObject({ code: 'COTASK_LOOP_RUNNING' });
    await expect(inside).rejects.toMatchObject({ code: 'COTASK_RUN_IN_TASK' });
    await runner.close();
    await runner.close();
    await expect(runner.run(sleep(1))).rejects.toMatchObject({ code: 'COTASK_RUNNER_CLOSED' });
    expect(() => runner.getLoop()).toThrow(expect.objectContaining({ code: 'COTASK_RUNNER_CLOSED' }));
  });

  test('names a deadlock, and can be closed afterwards', async () => {
    const log = newLog();
    const runner = new Runner({ host: new VirtualHost() });
    const stuck = runner.run(
      body(function* () {
        try {
          yield* on(getRunningLoop().createFuture('a letter'));
        } finally {
          log('cleaned up');
        }
      }),
    );
    await expect(stuck).rejects.toMatchObject({ code: 'COTASK_DEADLOCK' });
    await runner.close();
    expect(log.lines).toEqual(['cleaned up']);
  });

  test('whose leftovers wait for ever in their clean-up names the deadlock when it closes', async () => {
    const runner = new Runner({ host: new VirtualHost() });
    await runner.run(
      body(function* () {
        void createTask(
          body(function* () {
            yield* attempt(sleep(100));
            yield* attempt(getRunningLoop().createFuture('nobody'));
          }),
        );
        yield* on(sleep(1));
      }),
    );
    const loop = runner.getLoop();
    await expect(runner.close()).rejects.toMatchObject({ code: 'COTASK_DEADLOCK' });
    expect(loop.isClosed()).toBe(true);
  });
});

describe('the loop of a Runner', () => {
  test('is made by loopFactory, once, when it is needed', async () => {
    let made = 0;
    const loopFactory = (): EventLoop => {
      made += 1;
      return new EventLoop({ host: new VirtualHost() });
    };
    await using runner = new Runner({ loopFactory, debug: true });
    expect(made).toBe(0);
    await runner.run(sleep(1));
    await runner.run(sleep(1));
    expect([made, runner.getLoop().getDebug(), runner.getLoop().time()]).toEqual([1, true, 2]);
    expect(await run(sleep(1, 'x'), { loopFactory })).toBe('x');
  });

  test('is made in one way: a factory and a host are refused together', () => {
    expect(() => new Runner({ loopFactory: () => new EventLoop(), host: new VirtualHost() })).toThrow(
      expect.objectContaining({ code: 'COTASK_BAD_OPTION' }),
    );
  });

  test('is never made for a runner that never ran', async () => {
    const runner = new Runner({
      loopFactory: () => {
        throw new Error('not needed');
      },
    });
    await runner.close();
  });
});

describe('SIGINT during a run that handles signals', () => {
  const real = { handleSignals: true };

  /** As if the terminal had sent it; test workers get no signals. */
  const interrupt = (): void => void process.emit('SIGINT', 'SIGINT');

  test('cancels the main task, and the run is interrupted after its clean-up', async () => {
    const log = newLog();
    const main = coroutine(async () => {
      getRunningLoop().callLater(1, interrupt);
      try {
        await sleep(10_000);
      } finally {
        await sleep(1);
        log('cleaned up');
      }
    });
    const ending = run(main(), real);
    await expect(ending).rejects.toMatchObject({ code: 'COTASK_INTERRUPTED', cause: { code: 'COTASK_CANCELLED' } });
    expect(log.lines).toEqual(['cleaned up']);
    expect(process.listenerCount('SIGINT')).toBe(0);
  });

  test('that the main task swallows lets the run end as it likes', async () => {
    const main = coroutine(async () => {
      getRunningLoop().callLater(1, interrupt);
      await sleep(10_000).then(undefined, () => {});
      return 'value';
    });
    expect(await run(main(), real)).toBe('value');
  });

  test('that comes twice ends the run at once; leftovers still clean up', async () => {
    const log = newLog();
    const main = coroutine(async () => {
      const loop = getRunningLoop();
      loop.callLater(1, interrupt);
      try {
        await sleep(10_000);
      } catch {
        log('first');
        loop.callLater(1, interrupt);
        try {
          await sleep(10_000);
          log('not reached');
        } finally {
          log('closing');
        }
      }
    });
    await expect(run(main(), real)).rejects.toMatchObject({ code: 'COTASK_INTERRUPTED' });
    expect(log.lines).toEqual(['first', 'closing']);
  });

  test('beside a cancel by somebody else leaves it a cancel', async () => {
    const main = coroutine(async () => {
      const self = currentTask();
      getRunningLoop().callLater(1, () => {
        self?.cancel('somebody');
        interrupt();
      });
      await sleep(10_000);
    });
    await expect(run(main(), real)).rejects.toMatchObject({ code: 'COTASK_CANCELLED', reason: 'somebody' });
  });

  test('is left alone by a run that was not asked to handle it', async () => {
    const main = coroutine(async () => process.listenerCount('SIGINT'));
    expect(await run(main())).toBe(0);
    expect(await run(main(), real)).toBe(1);
  });

  test('is handled in one run after the other of a runner', async () => {
    await using runner = new Runner(real);
    const main = coroutine(async () => {
      getRunningLoop().callLater(1, interrupt);
      await sleep(10_000);
    });
    for (let n = 0; n < 2; n += 1)
      await expect(runner.run(main())).rejects.toMatchObject({ code: 'COTASK_INTERRUPTED' });
  });
});
