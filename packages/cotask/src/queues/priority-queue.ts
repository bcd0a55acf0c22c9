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

  /** As `add`: compares first, so that a `compare` that throws loses nothing. */
  take(): T {
    const first = this.#entries[0];
    const last = this.#entries.at(-1);
    if (first === undefined || last === undefined) throw new RangeError('the heap is empty');
    const below = this.#pathOf(last, this.#entries.length - 1);
    this.#entries.pop();
    let hole = 0;
    for (const at of below) {
      const child = this.#entries[at];
      if (child !== undefined) this.#entries[hole] = child;
      hole = at;
    }
    if (this.#entries.length > 0) this.#entries[hole] = last;
    return first.item;
  }

  /** The places that an entry passes on its way down from the top of the first `size` entries. */
  #pathOf(entry: Entry<T>, size: number): number[] {
    const path: number[] = [];
    for (let at = 0; 2 * at + 1 < size;) {
      at = this.#smallerOf(2 * at + 1, 2 * at + 2, size);
      const child = this.#entries[at];
      if (child === undefined || !this.#before(child, entry)) break;
      path.push(at);
    }
    return path;
  }

  #smallerOf(left: number, right: number, size: number): number {
    const a = this.#entries[left];
    const b = this.#entries[right];
    return right < size && a !== undefined && b !== undefined && this.#before(b, a) ? right : left;
  }

  #before(a: Entry<T>, b: Entry<T>): boolean {
    const order = this.#compare(a.item, b.item);
    return order < 0 || (order === 0 && a.serial < b.serial);
  }
}

/** As Python compares: numbers and strings by size, lists element by element. */
function smaller(a: unknown, b: unknown): number {
  if (Array.isArray(a) && Array.isArray(b)) return smallerList(a, b);
  if (isOrdered(a) && isOrdered(b) && typeof a === typeof b) return a < b ? -1 : a > b ? 1 : 0;
  throw new MisuseError(
    'COTASK_BAD_OPTION',
    'PriorityQueue can order numbers, strings and lists of them, of one kind; give it "compare" for anything else',
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
  return (typeof value === 'number' && !Number.isNaN(value)) || typeof value === 'string' || typeof value === 'bigint';
}
