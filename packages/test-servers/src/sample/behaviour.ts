// What a sample file does besides being served. The index alone decides, in a cycle of forty, so that every set of
// forty files holds each kind and a report can be checked by counting.

import { pick } from './hash32.ts';

/** One redirect on the way to a file. */
export interface Hop {
  readonly status: 301 | 302 | 307 | 308;
  /** How `Location` is written: a whole URL, a path from the root, or a path relative to the current one. */
  readonly location: 'absolute' | 'path' | 'relative';
}

/** How a sample file behaves on its first requests. Delays and gaps are milliseconds. */
export type Behaviour =
  | { readonly kind: 'plain' }
  /** The first byte comes after `delay`. */
  | { readonly kind: 'slow-start'; readonly delay: number }
  /** The body comes in `pieces`, with `gap` between them. */
  | { readonly kind: 'trickle'; readonly pieces: number; readonly gap: number }
  /**
   * The first `times` requests are answered 503; the first of them asks for `retryAfter` seconds if that is not null.
   */
  | { readonly kind: 'unavailable'; readonly times: number; readonly retryAfter: number | null }
  /** The first `times` requests end in a TCP reset: the first before any byte, the others in the middle of the body. */
  | { readonly kind: 'reset'; readonly times: number }
  | { readonly kind: 'redirect'; readonly hops: readonly Hop[] }
  /** The first request gets half of what `Content-Length` promised, then the connection ends. */
  | { readonly kind: 'cut' };

/** The index of the one file that is cut short, in a set of `files`. */
export function cutIndex(files: number): number {
  return Math.floor(files / 2);
}

/** What file `index` of a set does. */
export function behaviourOf(seed: number, files: number, index: number): Behaviour {
  if (index === cutIndex(files)) return { kind: 'cut' };
  const round = Math.floor(index / CYCLE);
  switch (index % CYCLE) {
    case 3:
    case 23:
      return { kind: 'slow-start', delay: pick(50, 300, seed, index, 1) };
    case 7:
      return { kind: 'unavailable', times: 2, retryAfter: round % 10 === 0 ? 1 : null };
    case 11:
    case 27:
    case 35:
      return { kind: 'redirect', hops: hopsOf(seed, index) };
    case 15:
      return { kind: 'trickle', pieces: pick(4, 10, seed, index, 2), gap: pick(10, 50, seed, index, 3) };
    case 19:
      return { kind: 'reset', times: 2 };
    default:
      return { kind: 'plain' };
  }
}

const CYCLE = 40;
const STATUSES = [301, 302, 307, 308] as const;
const LOCATIONS = ['absolute', 'path', 'relative'] as const;

function hopsOf(seed: number, index: number): readonly Hop[] {
  return Array.from({ length: pick(1, 3, seed, index, 4) }, (_, hop) => ({
    status: STATUSES[pick(0, 3, seed, index, 5, hop)] ?? 302,
    location: LOCATIONS[pick(0, 2, seed, index, 6, hop)] ?? 'absolute',
  }));
}
