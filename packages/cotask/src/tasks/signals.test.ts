import { describe, expect, test } from 'vitest';

import { Event, coroutine, currentTask, getRunningLoop, newEventLoop, run, sleep, taskLocal } from '../index.ts';
import { gears, on } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';

/** As if it had come from outside; test workers get no signals. */
const send = (): void => void process.emit('SIGUSR2', 'SIGUSR2');

describe.each(gears)('a signal handler of a loop, in the %s gear', (gear) => {
  test('runs as a callback of the loop, with its arguments, in the context of the call that added it', async () => {
    const v = taskLocal<number>({ default: 0 });
    const told = await play(gear, function* (stage) {
      const { loop, log } = stage;
      const heard = new Event();
      v.set(1);
      loop.addSignalHandler(
        'SIGUSR2',
        (n: number, text: string) => {
          log('signal', n, text, currentTask(), v.get());
          heard.set();
        },
        1,
        'x',
      );
      v.set(2);
      send();
      log('not at once');
      yield* on(heard.wait());
      log(loop.removeSignalHandler('SIGUSR2'), loop.removeSignalHandler('SIGUSR2'));
    });
    expect(told).toEqual(['not at once', 'signal 1 x null 1', 'true false']);
  });

  test('takes the place of the one that the signal had', async () => {
    const before = process.listenerCount('SIGUSR2');
    const told = await play(gear, function* (stage) {
      stage.loop.addSignalHandler('SIGUSR2', () => stage.log('old'));
      stage.loop.addSignalHandler('SIGUSR2', () => stage.log('new'));
      stage.log(process.listenerCount('SIGUSR2') - before);
      send();
      yield* on(sleep(1));
      stage.loop.removeSignalHandler('SIGUSR2');
      stage.log(process.listenerCount('SIGUSR2') - before);
    });
    expect(told).toEqual(['1', 'new', '0']);
  });
});

test('a signal that cannot be caught is refused, and the handler that there is stays', async () => {
  const heard: string[] = [];
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    for (const name of ['SIGKILL', 'SIGSTOP', 'SIGNONE'] as const)
      expect(() => loop.addSignalHandler(name, () => {})).toThrow(
        expect.objectContaining({ code: 'COTASK_BAD_SIGNAL' }),
      );
    loop.addSignalHandler('SIGUSR2', () => heard.push('heard'));
    // @ts-expect-error a handler is a function
    expect(() => loop.addSignalHandler('SIGUSR2', 1)).toThrow(expect.objectContaining({ code: 'COTASK_BAD_OPTION' }));
    send();
    await sleep(1);
  });
  await run(main());
  expect(heard).toEqual(['heard']);
});

test('a handler ends with its loop, and a closed loop takes none', async () => {
  const before = process.listenerCount('SIGUSR2');
  const loop = newEventLoop();
  loop.addSignalHandler('SIGUSR2', () => {});
  expect(process.listenerCount('SIGUSR2')).toBe(before + 1);
  loop.close();
  expect(process.listenerCount('SIGUSR2')).toBe(before);
  expect(() => loop.addSignalHandler('SIGUSR2', () => {})).toThrow(
    expect.objectContaining({ code: 'COTASK_LOOP_CLOSED' }),
  );
});
