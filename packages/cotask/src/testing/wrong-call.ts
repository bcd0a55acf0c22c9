/** A call that is wrong: what refuses it, and whether it left anything behind. */
import { fromPromise } from '../tasks/from-promise.ts';
import type { Awaitable } from '../tasks/awaitable.ts';
import { on } from './both-gears.ts';
import { play } from './stage.ts';

/** A wrong call and the error that refuses it. */
export interface WrongCall {
  /** The call, as a program would have it. */
  readonly call: string;
  /** Does it; an awaitable that comes back is waited for. */
  readonly make: () => unknown;
  readonly code: string;
  /** What the words of the error must say. */
  readonly says: RegExp;
}

/** A value that the types would refuse, as a program in JavaScript hands it over. */
export function wrong(value: unknown): never {
  return value as never;
}

/** Makes a wrong call in a task; the error that refused it, and what it left behind. */
export async function refusalOf({ make }: WrongCall): Promise<{ error: unknown; left: string[] }> {
  let error: unknown = null;
  const left = await play('generator', function* ({ log }) {
    try {
      const made = make();
      if (made instanceof Promise) yield* on(fromPromise(made));
      else if (isAwaitable(made)) yield* on(made);
      log('was not refused');
    } catch (thrown) {
      error = thrown;
    }
  });
  return { error, left };
}

function isAwaitable(value: unknown): value is Awaitable<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value;
}
