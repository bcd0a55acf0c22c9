/** Pins: a BaseException out of the main task escapes, and leaves no stop callback behind to kill the next run. */
import { coroutine } from 'cotask';

import { KeyboardInterrupt } from '../../harness/mishaps.ts';
import { kind } from '../../harness/kind.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, makeLoop }) => {
  const interrupted = coroutine(function* () {
    throw new KeyboardInterrupt();
  });
  const loop = makeLoop();
  try {
    await loop.runUntilComplete(interrupted());
  } catch (error) {
    log(kind(error));
  }
  const ran: number[] = [];
  loop.callSoon(() => ran.push(1));
  loop.callLater(1_000, () => loop.stop());
  await loop.runForever();
  log(ran, loop.time() / 1_000);
  loop.close();
};

export const async: Program = async ({ log, makeLoop }) => {
  const interrupted = coroutine(async () => {
    throw new KeyboardInterrupt();
  });
  const loop = makeLoop();
  try {
    await loop.runUntilComplete(interrupted());
  } catch (error) {
    log(kind(error));
  }
  const ran: number[] = [];
  loop.callSoon(() => ran.push(1));
  loop.callLater(1_000, () => loop.stop());
  await loop.runForever();
  log(ran, loop.time() / 1_000);
  loop.close();
};
