/** Garbage collection that one can wait for; `node --expose-gc` gives the means. */

const rounds = 3;

/** Collects garbage and lets what hangs on it be called: that happens between turns of the platform, in several rounds. */
export async function collectGarbage(): Promise<void> {
  const { gc } = globalThis;
  if (gc === undefined) throw new TypeError('collect() needs node --expose-gc');
  for (let round = 0; round < rounds; round += 1) {
    await nextTurn();
    gc();
  }
  await nextTurn();
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
