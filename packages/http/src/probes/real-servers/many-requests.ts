/** Many requests at once, as the tests of real servers send them. */
import { coroutine, forEach, run } from 'cotask';

/** Calls `ask` with each number below `count`, so many at once; the first failure ends all. */
export async function manyRequests(
  count: number,
  atOnce: number,
  ask: (number: number) => PromiseLike<unknown>,
): Promise<void> {
  const main = coroutine(async () => {
    await forEach(
      Array.from({ length: count }, (_, number) => number),
      ask,
      { concurrency: atOnce },
    );
  });
  await run(main());
}
