/** The smallest item first (asyncio's `PriorityQueue`). */
import { MisuseError } from '../errors.ts';
import { Queue } from './queue.ts';
import type { ItemStore, QueueOptions } from './queue.ts';

/** Negative when `a` goes first, as for `Array.sort`. */
export type Compare<T> = (a: T, b: T) => number;

/** Options of a priority queue. */
export interface PriorityQueueOptions<T> extends QueueOptions {
  /** Which item goes first; by default the smaller by `<`, arrays element by element. */
  compare?: Compare<T>;
}

/** A queue that gives the smallest item; of equal ones the one that was put first. */
export class PriorityQueue<T> extends Queue<T> {
  /** @throws {MisuseError} `COTASK_BAD_OPTION` when `compare` is not a function. */
  constructor(maxsize = 0, options: PriorityQueueOptions<T> = {}) {
    const { compare = smaller } = options;
    if (typeof compare !== 'function')
      throw new MisuseError('COTASK_BAD_OPTION', 'PriorityQueue takes a function as "compare"');
    super(maxsize, options, new Heap<T>(compare));
  }
}

interface Entry<T> {
  readonly item: T;
  readonly serial: number;
}

class Heap<T> implements ItemStore<T> {
  readonly #entries: Entry<T>[] = [];
  readonly #compare: Compare<T>;
  #serial = 0;

  constructor(compare: Compare<T>) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Compares before it changes anything: a `compare` that throws leaves the heap as it was. */
  add(item: T): void {
    const entry = { item, serial: this.#serial };
    const above: number[] = [];
    for (let at = this.#entries.length; at > 0; at = (at - 1) >> 1) {
      const parent = this.#entries[(at - 1) >> 1];
      if (parent === undefined || !this.#before(entry, parent)) break;
      above.push((at - 1) >> 1);
    }
    this.#serial += 1;
    let hole = this.#entries.length;
    for (const at of above) {
      const parent = this.#entries[at];
      if (parent !== undefined) this.#entries[hole] = parent;
      hole = at;
    }
    this.#entries[hole] = entry;
  }

  take(): { readonly item: T } | null {
    const first = this.#entries[0];
    const last = this.#entries.pop();
    if (first === undefined || last === undefined) return null;
    if (this.#entries.length > 0) this.#sink(last);
    return first;
  }

  #sink(entry: Entry<T>): void {
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const a = this.#entries[left];
      const b = this.#entries[left + 1];
      const below = a !== undefined && b !== undefined && this.#before(b, a) ? left + 1 : left;
      const child = this.#entries[below];
      if (child === undefined || !this.#before(child, entry)) break;
      this.#entries[at] = child;
      at = below;
    }
    this.#entries[at] = entry;
  }

  #before(a: Entry<T>, b: Entry<T>): boolean {
    const order = this.#compare(a.item, b.item);
    return order < 0 || (order === 0 && a.serial < b.serial);
  }
}

/** As Python compares: numbers and strings by size, lists element by element. */
function smaller(a: unknown, b: unknown): number {
  if (Array.isArray(a) && Array.isArray(b)) return smallerList(a, b);
  if (isOrdered(a) && isOrdered(b)) return a < b ? -1 : a > b ? 1 : 0;
  throw new MisuseError(
    'COTASK_BAD_OPTION',
    'PriorityQueue can order numbers, strings and lists of them; give it "compare" for anything else',
  );
}

function smallerList(a: readonly unknown[], b: readonly unknown[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = smaller(a[i], b[i]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function isOrdered(value: unknown): value is number | string | bigint {
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'bigint';
}
