import { describe, expect, expectTypeOf, test } from 'vitest';

import {
  Queue,
  coroutine,
  createTask,
  gather,
  isCancelled,
  pull,
  run,
  sleep,
  timeout,
  toReadableStream,
} from '../index.ts';
import type { ChunkSink, Coroutine, Puller } from '../index.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import type { AwaitableKind } from '../testing/awaitable-contract.ts';
import { attempt, gears, inGear, on, told } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';

/** The next item of an async generator that takes from a queue of ours. */
const nextOfQueue: AwaitableKind = {
  value: '{done: false, value: value}',
  make(stage) {
    const queue = new Queue<string>();
    const open = (): Puller<string> => pull(queue);
    let source = open();
    return {
      wait: () => {
        // A cancel ends the iterator of the queue, as it does a generator.
        source = open();
        return source.next();
      },
      *complete(after) {
        queue.putNowait('value');
        after?.();
      },
      end: () => void stage.spawn(() => on(source.close())),
    };
  },
};

/** Gives items when it is told to, and remembers what it was asked. */
class ForeignSource implements AsyncIterableIterator<string> {
  readonly asked: PromiseWithResolvers<IteratorResult<string>>[] = [];
  returned = 0;

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<string>> {
    const answer = Promise.withResolvers<IteratorResult<string>>();
    this.asked.push(answer);
    return answer.promise;
  }

  async return(): Promise<IteratorResult<string>> {
    this.returned += 1;
    return { done: true, value: undefined };
  }

  give(value: string): void {
    this.asked.at(-1)?.resolve({ done: false, value });
  }
}

function* all<T>(source: Puller<T>): EitherBody<T[]> {
  const items: T[] = [];
  for (let step = yield* on(source.next()); step.done !== true; step = yield* on(source.next())) items.push(step.value);
  return items;
}

describe.each(gears)('pull(), in the %s gear', (gear) => {
  test.each(contractOf(nextOfQueue, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });

  test('reads lists, iterables, async iterables and web streams to their end, and says so again', async () => {
    const lines = await play(gear, function* ({ log }) {
      const twice = async (sink: ChunkSink<number>): Promise<void> => {
        for (const n of [1, 2]) await sink.put(n);
      };
      async function* generated(): AsyncGenerator<number> {
        yield 1;
        await sleep(1);
        yield 2;
      }
      for (const source of [[1, 2], new Set([1, 2]), generated(), toReadableStream(twice)]) {
        const pulled = pull(source);
        log(yield* all(pulled), yield* on(pulled.next()));
        yield* on(pulled.close());
      }
    });
    expect(lines).toEqual(Array(4).fill('[1, 2] {done: true, value: undefined}'));
  });

  test('throws what the source throws', async () => {
    const lines = await play(gear, function* ({ log }) {
      async function* failing(): AsyncGenerator<number> {
        yield 1;
        throw new Error('broken');
      }
      const source = pull(failing());
      log(yield* on(source.next()), yield* attempt(source.next()), yield* on(source.next()));
      const stream = pull(
        new ReadableStream<number>({
          pull: () => {
            throw new Error('broken stream');
          },
        }),
      );
      log(yield* attempt(stream.next()));
    });
    expect(lines).toEqual(['{done: false, value: 1} broken {done: true, value: undefined}', 'broken stream']);
  });

  test('closes a source also while another task waits for its next item', async () => {
    const lines = await play(gear, function* (stage) {
      async function* slow(): AsyncGenerator<number> {
        try {
          for (let n = 1; ; n++) {
            await sleep(5);
            yield n;
          }
        } finally {
          stage.log('closed', stage.loop.time());
        }
      }
      const source = pull(slow());
      const asks = stage.spawn(() => on(source.next()));
      yield* on(sleep(1));
      yield* on(source.close());
      stage.log(yield* attempt(asks), yield* attempt(source.next()));
    });
    expect(lines).toEqual(['closed 5', '{done: false, value: 1} {done: true, value: undefined}']);
  });

  test('closes a source that is left, and waits for its clean-up; it is opened only when it is asked', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      async function* careful(): AsyncGenerator<number> {
        try {
          log('opened');
          yield 1;
          yield 2;
        } finally {
          await sleep(5);
          log('cleaned up', loop.time());
        }
      }
      const source = pull(careful());
      log((yield* on(source.next())).value);
      yield* on(source.close());
      yield* on(source.close());
      log(yield* on(source.next()));
      yield* on(pull(careful()).close());
    });
    expect(lines).toEqual(['opened', '1', 'cleaned up 5', '{done: true, value: undefined}']);
  });

  test('keeps what a cancelled wait had asked a foreign source for', async () => {
    const lines = await play(gear, function* ({ log }) {
      const foreign = new ForeignSource();
      const source = pull(foreign);
      log(
        yield* attempt(
          timeout(
            1,
            inGear(gear, () => on(source.next())),
          ),
        ),
      );
      foreign.give('late');
      log(yield* on(source.next()), foreign.asked.length);
      log(
        yield* attempt(
          timeout(
            1,
            inGear(gear, () => on(source.next())),
          ),
        ),
      );
      yield* on(source.close());
      log(foreign.returned);
    });
    expect(lines).toEqual(['TO', '{done: false, value: late} 1', 'TO', '1']);
  });

  test('cancels a source that waits for something of ours there, and the source cleans up', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      async function* slow(): AsyncGenerator<number> {
        try {
          await sleep(100);
          yield 1;
        } finally {
          await sleep(2);
          log('cleaned up', loop.time());
        }
      }
      const task = stage.spawn(function* () {
        const source = pull(slow());
        try {
          yield* on(source.next());
        } finally {
          yield* on(source.close());
        }
      });
      yield* on(sleep(1));
      task.cancel('x');
      log(yield* attempt(task), loop.time());
    });
    expect(lines).toEqual(['cleaned up 3', 'C(x) 3']);
  });

  test('gives each item to one of several tasks that ask', async () => {
    const lines = await play(gear, function* (stage) {
      async function* counting(): AsyncGenerator<number> {
        for (const n of [1, 2, 3, 4]) {
          await sleep(1);
          yield n;
        }
      }
      const source = pull(counting());
      const worker = stage.coroutineOf(() => told(all(source)));
      stage.log(yield* on(gather(worker(), worker())));
    });
    expect(lines).toEqual(['[[1, 3], [2, 4]]']);
  });
});

test('for await over a puller hears of a cancel at a foreign source, and closes that', async () => {
  const foreign = new ForeignSource();
  const seen: unknown[] = [];
  const main = coroutine(async () => {
    const task = createTask(
      coroutine(async () => {
        for await (const item of pull(foreign)) seen.push(item);
      })(),
    );
    await sleep(1);
    foreign.give('a');
    await sleep(1);
    task.cancel('x');
    await task.then(undefined, (error: unknown) => seen.push(isCancelled(error) && error.reason));
  });
  await run(main());
  expect(seen).toEqual(['a', 'x']);
  expect(foreign.returned).toBe(1);
});

test('pull() is typed, and refuses what is no source', () => {
  expectTypeOf(pull([1, 2])).toEqualTypeOf<Puller<number>>();
  expectTypeOf(pull(new Queue<string>()).next()).toEqualTypeOf<Coroutine<IteratorResult<string, undefined>>>();
  expectTypeOf(pull(new ReadableStream<Uint8Array>())).toEqualTypeOf<Puller<Uint8Array>>();
  expect(() => pull(5 as never)).toThrow(expect.objectContaining({ code: 'COTASK_BAD_OPTION' }));
});
