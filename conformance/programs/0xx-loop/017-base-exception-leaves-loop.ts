/** Pins: KeyboardInterrupt in a callback escapes run_forever at once; the callbacks behind it stay queued for the next run. */

import { KeyboardInterrupt } from '../../harness/mishaps.ts';
import { kind } from '../../harness/kind.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, makeLoop }) => {
  const loop = makeLoop();
  loop.callSoon(log, 'one');
  loop.callSoon(() => {
    // No error ends a run here, so the program stops the loop itself.
    loop.stop();
    throw new KeyboardInterrupt();
  });
  loop.callSoon(log, 'three');
  try {
    await loop.runForever();
  } catch (error) {
    log(kind(error), 'running:', loop.isRunning());
  }
  loop.callSoon(() => loop.stop());
  await loop.runForever();
  loop.close();
};

export const async: Program = async ({ log, makeLoop }) => {
  const loop = makeLoop();
  loop.callSoon(log, 'one');
  loop.callSoon(() => {
    // No error ends a run here, so the program stops the loop itself.
    loop.stop();
    throw new KeyboardInterrupt();
  });
  loop.callSoon(log, 'three');
  try {
    await loop.runForever();
  } catch (error) {
    log(kind(error), 'running:', loop.isRunning());
  }
  loop.callSoon(() => loop.stop());
  await loop.runForever();
  loop.close();
};
