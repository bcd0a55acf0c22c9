/** Pins: leaving an async for early does not run the generator's finally at once; CPython leaves that to garbage collection and the loop. */
import { coroutine, fromPromise, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  async function* numbers(): AsyncGenerator<number> {
    try {
      for (let number = 0; number < 3; number += 1) {
        yield number;
        await sleep(0);
      }
    } finally {
      log('generator finally');
    }
  }
  // There is no `for await` in a generator: its steps are taken by hand.
  const main = coroutine(function* () {
    const generator = numbers();
    for (;;) {
      const item = yield* fromPromise(generator.next());
      log('item', item.value);
      break;
    }
    log('after break');
    yield* fromPromise(generator.return(undefined));
    log('after aclose');
  });
  await run(main());
};

export const async: Program = async ({ log, run }) => {
  async function* numbers(): AsyncGenerator<number> {
    try {
      for (let number = 0; number < 3; number += 1) {
        yield number;
        await sleep(0);
      }
    } finally {
      log('generator finally');
    }
  }
  const main = coroutine(async () => {
    const generator = numbers();
    for await (const number of generator) {
      log('item', number);
      break;
    }
    log('after break');
    await generator.return(undefined);
    log('after aclose');
  });
  await run(main());
};
