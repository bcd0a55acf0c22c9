/** Kinds of awaitables that are built around a future: what ends the future ends the wait. */
import type { Awaitable } from '../tasks/awaitable.ts';
import type { Future } from '../tasks/future.ts';
import type { AwaitableKind } from './awaitable-contract.ts';
import type { Stage } from './stage.ts';

/** Around a future that is waited for. */
export interface GatedOptions extends Omit<AwaitableKind, 'make' | 'value'> {
  readonly value?: string;
  /** So many iterations after the future's the wait has its own value. */
  readonly ticks?: number;
}

/**
 * A kind whose waits `build` makes around the future that `gate()` gives: the same one until a cancel ended it. The
 * future's value is `'value'`.
 */
export function gated(
  build: (stage: Stage, gate: () => Future<string>) => () => Awaitable<unknown>,
  { ticks = 0, value = 'value', ...options }: GatedOptions = {},
): AwaitableKind {
  return {
    value,
    fails: true,
    ...options,
    make(stage) {
      const { loop } = stage;
      let gate = loop.createFuture<string>('the gate');
      const renewed = (): Future<string> => (gate.done() ? (gate = loop.createFuture<string>('the gate')) : gate);
      const later = (after: (() => void) | undefined, left = ticks): void => {
        if (after !== undefined && left > 0) loop.callSoon(later, after, left - 1);
        else after?.();
      };
      return {
        wait: build(stage, renewed),
        *complete(after) {
          if (!gate.done()) gate.setResult('value');
          later(after);
        },
        *fail(error, after) {
          gate.setException(error);
          later(after);
        },
      };
    },
  };
}
