/** What the tests of threads share: a run in either gear, and waits for what happens in another thread. */
import { coroutine, fromPromise, run, type Awaitable, type GeneratorBody } from 'cotask';
import { threadModule, type ThreadModule } from '../index.ts';
import { begun, type Gate } from './work.ts';
import type * as functions from './work.ts';

export const work: ThreadModule<typeof functions> = threadModule(new URL('./work.ts', import.meta.url));

/** Runs a wait as a user of each gear would write it. */
export const inEachGear: readonly (readonly [string, <T>(make: () => Awaitable<T>) => Promise<T>])[] = [
  ['async', async <T>(make: () => Awaitable<T>): Promise<T> => await run(coroutine(async () => await make())())],
  [
    'generator',
    async <T>(make: () => Awaitable<T>): Promise<T> =>
      await run(
        coroutine(function* (): GeneratorBody<T> {
          return yield* make();
        })(),
      ),
  ],
];

/** Waits until one of a gate's doors has been opened so often. */
export async function opened(gate: Gate, door: number = begun, times = 1): Promise<void> {
  for (let now = Atomics.load(gate, door); now < times; now = Atomics.load(gate, door)) {
    const wait = Atomics.waitAsync(gate, door, now, 5000);
    if (wait.async && (await fromPromise(wait.value)) === 'timed-out') throw new Error(`door ${door} stays shut`);
  }
}

/** Lets the loop and the platform go on until something holds. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 20_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`${what}: not within 20 s`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** What keeps this process alive, by kind. */
export const heldThreads = (): number =>
  process.getActiveResourcesInfo().filter((kind) => kind === 'Worker' || kind === 'MessagePort').length;
