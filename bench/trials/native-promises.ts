/** The engine's own promises: what a program without a scheduler does. Nothing has a name, a limit or a list. */
import { check, numbers, sleepMs, width } from './trial.ts';
import type { Trials } from './trial.ts';

const turn = Promise.resolve();

/** An async function without an `await` would be an ordinary call. */
async function number(i: number): Promise<number> {
  await turn;
  return i;
}

/** Those who wait go on when they are told to. */
class Waiters {
  readonly #resolvers: (() => void)[] = [];
  #next = 0;

  wait(): Promise<void> {
    return new Promise((resolve) => this.#resolvers.push(resolve));
  }

  wakeOne(): boolean {
    const resolve = this.#resolvers[this.#next++];
    if (resolve !== undefined) {
      resolve();
      return true;
    }
    this.#resolvers.length = this.#next = 0;
    return false;
  }
}

async function produce(items: number[], room: Waiters, filled: Waiters, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    if (items.length === width) await room.wait();
    items.push(i);
    filled.wakeOne();
  }
}

async function queues(count: number): Promise<void> {
  const items: number[] = [];
  const [room, filled] = [new Waiters(), new Waiters()];
  const producer = produce(items, room, filled, count);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    if (items.length === 0) await filled.wait();
    sum += items.shift() ?? 0;
    room.wakeOne();
  }
  await producer;
  check(sum, count);
}

/** Lets so many in at a time; a place that is left is handed to the next. */
function gate(places: number): (job: () => Promise<void>) => Promise<void> {
  const waiters = new Waiters();
  let free = places;
  return async (job) => {
    if (free > 0) free -= 1;
    else await waiters.wait();
    try {
      await job();
    } finally {
      if (!waiters.wakeOne()) free += 1;
    }
  };
}

async function giveWay(): Promise<void> {
  await turn;
}

async function holdOften(enter: (job: () => Promise<void>) => Promise<void>, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await enter(giveWay);
}

async function waitUntilAborted(signal: AbortSignal): Promise<void> {
  await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}

export const trials: Trials = {
  spawn: async (count) => {
    const results = await Promise.all(numbers(count).map(number));
    check(
      results.reduce((a, b) => a + b, 0),
      count,
    );
  },
  queues,
  locks: async (count) => {
    const enter = gate(1);
    await Promise.all(numbers(width).map(() => holdOften(enter, count / width)));
  },
  limits: async (count) => {
    const enter = gate(width);
    await Promise.all(numbers(count).map(() => enter(giveWay)));
  },
  timers: async (count) => {
    await Promise.all(numbers(count).map((i) => new Promise((resolve) => setTimeout(resolve, sleepMs(i)))));
  },
  cancel: async (count, clock) => {
    const controllers = numbers(count).map(() => new AbortController());
    const ended = controllers.map(({ signal }) => waitUntilAborted(signal));
    await turn;
    clock.restart();
    for (const controller of controllers) controller.abort();
    await Promise.allSettled(ended);
  },
};
