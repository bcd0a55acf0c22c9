/** The engine's own means: listeners of one signal, and an event made of promises. */
import { numbers } from '../trials/trial.ts';
import type { Waiters } from './waiters.ts';

async function wait(promise: Promise<void>): Promise<void> {
  await promise;
}

export const trials: Waiters = {
  event: async (count) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const ended = numbers(count).map(() => wait(promise));
    resolve();
    await Promise.all(ended);
  },
  signal: async (count) => {
    const controller = new AbortController();
    const { signal } = controller;
    const ended = numbers(count).map(() =>
      wait(new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))),
    );
    controller.abort();
    await Promise.all(ended);
  },
};
