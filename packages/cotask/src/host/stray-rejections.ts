/**
 * A native promise that rejects only because of a cancel of ours, and that nobody holds at that moment (`const p =
 * helper(); await queue.get(); await p`), must not end the process. While a loop runs, such rejections are dropped; every
 * other keeps its fate.
 */
import { CancelledError } from '../errors.ts';
import { pickHost, pickProcessHost } from './pick.ts';

const exempt = new WeakSet<object>();
let holders = 0;
let remove: (() => void) | null = null;

/** A loop begins to run. */
export function holdRejectionFilter(): void {
  holders += 1;
  remove ??= pickProcessHost().filterRejections(isOurs);
}

/** A loop has ended; rejections of its last microtasks are reported by the platform in the next turn. */
export function releaseRejectionFilter(): void {
  const host = pickHost();
  host.turn(() =>
    host.turn(() => {
      holders -= 1;
      if (holders > 0) return;
      remove?.();
      remove = null;
    }),
  );
}

/** A promise that stands for a whole run: when it rejects and nobody holds it, that is no stray. */
export function exemptFromFilter(promise: Promise<unknown>): void {
  exempt.add(promise);
}

function isOurs(reason: unknown, promise: unknown): boolean {
  if (typeof promise === 'object' && promise !== null && exempt.has(promise)) return false;
  if (reason instanceof CancelledError) return true;
  return reason instanceof Error && reason.name === 'AbortError' && reason.cause instanceof CancelledError;
}
