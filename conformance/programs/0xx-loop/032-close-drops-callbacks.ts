/** Pins: closing a loop drops everything still scheduled. */

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, makeLoop }) => {
  const loop = makeLoop();
  loop.callSoon(log, 'never');
  loop.callLater(1_000, log, 'never');
  loop.close();
  log('closed', loop.isClosed());
};

export const async: Program = async ({ log, makeLoop }) => {
  const loop = makeLoop();
  loop.callSoon(log, 'never');
  loop.callLater(1_000, log, 'never');
  loop.close();
  log('closed', loop.isClosed());
};
