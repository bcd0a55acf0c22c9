/** Pins: add_signal_handler runs its callback in the loop; remove_signal_handler says whether there was one; uncatchable signals are refused. */
import { Event, coroutine, currentTask, getRunningLoop } from 'cotask';

import { kind } from '../../harness/kind.ts';
import type { Program } from '../../harness/stage.ts';

export const ownProcess = true;

export const generator: Program = async ({ log, runReal }) => {
  // Not SIGUSR1, by which Node starts its debugger.
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    const event = new Event();
    const heard = (...args: unknown[]): void => {
      log('signal', args, currentTask());
      event.set();
    };
    loop.addSignalHandler('SIGUSR2', heard, 1, 'x');
    process.kill(process.pid, 'SIGUSR2');
    yield* event.wait();
    log(loop.removeSignalHandler('SIGUSR2'), loop.removeSignalHandler('SIGUSR2'));
    try {
      loop.addSignalHandler('SIGKILL', log);
    } catch (error) {
      log(kind(error));
    }
  });

  await runReal(main());
};

export const async: Program = async ({ log, runReal }) => {
  // Not SIGUSR1, by which Node starts its debugger.
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    const event = new Event();
    const heard = (...args: unknown[]): void => {
      log('signal', args, currentTask());
      event.set();
    };
    loop.addSignalHandler('SIGUSR2', heard, 1, 'x');
    process.kill(process.pid, 'SIGUSR2');
    await event.wait();
    log(loop.removeSignalHandler('SIGUSR2'), loop.removeSignalHandler('SIGUSR2'));
    try {
      loop.addSignalHandler('SIGKILL', log);
    } catch (error) {
      log(kind(error));
    }
  });

  await runReal(main());
};
