import { describe, expect, test } from 'vitest';

import { coroutine, openSignalReceiver, run, sleep } from '../index.ts';
import type { SignalName, SignalReceiver } from '../index.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';

/** As if it had come from outside; test workers get no signals. */
const send = (name: 'SIGHUP' | 'SIGUSR2'): void => void process.emit(name, name);

describe.each(gears)('a signal receiver, in the %s gear', (gear) => {
  test('gives the signals that came before, and those that come while somebody waits', async () => {
    const told = await play(gear, function* (stage) {
      const signals = openSignalReceiver('SIGHUP', 'SIGUSR2');
      send('SIGUSR2');
      send('SIGHUP');
      send('SIGHUP');
      stage.log(yield* on(signals.next()), yield* on(signals.next()));
      stage.loop.callLater(1, send, 'SIGHUP');
      stage.log(yield* on(signals.next()), stage.loop.time());
      signals.close();
      stage.log(yield* on(signals.next()));
    });
    expect(told).toEqual(['SIGUSR2 SIGHUP', 'SIGHUP 1', 'null']);
  });

  test('hands each signal to one of those who wait, first come, first served', async () => {
    const told = await play(gear, function* (stage) {
      const signals = openSignalReceiver('SIGHUP', 'SIGUSR2');
      const wait = (who: string) =>
        stage.spawn(function* () {
          stage.log(who, yield* attempt(signals.next()));
        });
      const tasks = ['a', 'b', 'c'].map(wait);
      yield* on(sleep(1));
      tasks[0]?.cancel('x');
      send('SIGHUP');
      yield* on(sleep(1));
      signals.close();
      yield* on(sleep(1));
    });
    expect(told).toEqual(['a C(x)', 'b SIGHUP', 'c null']);
  });

  test('is heard beside another, and stops listening when it is closed', async () => {
    const told = await play(gear, function* (stage) {
      const before = process.listenerCount('SIGHUP');
      const both: SignalReceiver[] = [openSignalReceiver('SIGHUP'), openSignalReceiver('SIGHUP')];
      send('SIGHUP');
      for (const signals of both) {
        stage.log(yield* on(signals.next()));
        signals.close();
        signals.close();
      }
      stage.log(process.listenerCount('SIGHUP') - before);
    });
    expect(told).toEqual(['SIGHUP', 'SIGHUP', '0']);
  });
});

test('one that cannot listen to all of its signals listens to none', async () => {
  const before = process.listenerCount('SIGHUP');
  const bad = ['SIGKILL', 'SIGSTOP', 'SIGNONE'] as const satisfies readonly SignalName[];
  const main = coroutine(async () => {
    for (const name of bad) {
      expect(() => openSignalReceiver('SIGHUP', name)).toThrow(expect.objectContaining({ code: 'COTASK_BAD_SIGNAL' }));
    }
    // @ts-expect-error a signal is called SIG…
    expect(() => openSignalReceiver('HUP')).toThrow(expect.objectContaining({ code: 'COTASK_BAD_SIGNAL' }));
  });
  await run(main());
  expect(process.listenerCount('SIGHUP')).toBe(before);
});

test('one that was left open ends with its loop', async () => {
  const before = process.listenerCount('SIGHUP');
  await run(
    coroutine(async () => {
      openSignalReceiver('SIGHUP');
    })(),
  );
  expect(process.listenerCount('SIGHUP')).toBe(before);
});
