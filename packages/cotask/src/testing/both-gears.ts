/**
 * A body written once that runs in either gear. It waits by `yield* on(awaitable)`: in the async gear a real async
 * function awaits what it yields, in the generator gear a real generator delegates to it. So the runtime sees what a
 * user of that gear would have written.
 */
import type { Awaitable, GeneratorBody } from '../tasks/awaitable.ts';
import { show } from './transcript.ts';

/** The two gears. */
export const gears = ['async', 'generator'] as const;
export type Gear = (typeof gears)[number];

/** A body written once: what it yields is awaited, or delegated to, by the gear. */
export type EitherBody<T> = Generator<Awaitable<unknown>, T, unknown>;

/** Waits in a body written once. */
export function* on<T>(awaitable: Awaitable<T>): EitherBody<T> {
  // What the gear sends back is what it got out of this very awaitable.
  return (yield awaitable) as T;
}

/** What came of a body, or of a part of one, in words: its value or its error. */
export function* told(body: EitherBody<unknown>): EitherBody<string> {
  try {
    return show(yield* body);
  } catch (error) {
    return show(error);
  }
}

/** Waits in a body written once, and tells what came. */
export function attempt(awaitable: Awaitable<unknown>): EitherBody<string> {
  return told(on(awaitable));
}

/** Turns a body written once into the function that a user of the gear would have written. */
export function inGear<A extends unknown[], T>(
  gear: Gear,
  write: (...args: A) => EitherBody<T>,
): (...args: A) => Promise<T> | GeneratorBody<T> {
  return gear === 'async' ? awaited(write) : delegated(write);
}

function awaited<A extends unknown[], T>(write: (...args: A) => EitherBody<T>): (...args: A) => Promise<T> {
  return async (...args) => {
    const body = write(...args);
    let step = body.next();
    while (!step.done) {
      let value: unknown;
      try {
        value = await step.value;
      } catch (error) {
        step = body.throw(error);
        continue;
      }
      step = body.next(value);
    }
    return step.value;
  };
}

function delegated<A extends unknown[], T>(write: (...args: A) => EitherBody<T>): (...args: A) => GeneratorBody<T> {
  return function* (...args) {
    const body = write(...args);
    let step = body.next();
    while (!step.done) {
      let value: unknown;
      try {
        value = yield* step.value;
      } catch (error) {
        step = body.throw(error);
        continue;
      }
      step = body.next(value);
    }
    return step.value;
  };
}
