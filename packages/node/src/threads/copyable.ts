/** What the structured clone cannot copy, found before anything is sent, with the way to it. */
import { types } from 'node:util';

/** A part of a value, and where it stands: a text is built of it only when something is found there. */
interface Place {
  readonly value: object;
  readonly parts: readonly unknown[];
  readonly index: number;
  readonly around: Place | null;
}

/**
 * Says what of `value` cannot be copied, and where, or null when all of it can. What is in `moved` is transferred, not
 * copied. `name` is what the value is called.
 */
export function findUncopyable(value: unknown, name: string, moved: ReadonlySet<unknown>): string | null {
  const search = new Search(moved);
  const found = search.find(value, name);
  return found ?? (search.sure || moved.size > 0 ? null : findByTrial(value, name));
}

/** Instances of classes: of some that are the platform's own nobody can tell but by trying. */
function findByTrial(value: unknown, name: string): string | null {
  try {
    structuredClone(value);
    return null;
  } catch (error) {
    return `${name} holds something that is no data (${error instanceof Error ? error.message : String(error)})`;
  }
}

class Search {
  /** False when it met what can only be tried. */
  sure = true;
  readonly #moved: ReadonlySet<unknown>;
  readonly #seen = new Set<object>();
  /** No recursion: a list of a hundred thousand links is data, too. */
  readonly #open: Place[] = [];

  constructor(moved: ReadonlySet<unknown>) {
    this.#moved = moved;
  }

  find(value: unknown, name: string): string | null {
    const found = this.#look(value, 0, null);
    if (found !== null) return name + found;
    for (let place = this.#open.pop(); place !== undefined; place = this.#open.pop()) {
      for (let i = 0; i < place.parts.length; i++) {
        const within = this.#look(place.parts[i], i, place);
        if (within !== null) return name + within;
      }
    }
    return null;
  }

  /** The way to what cannot be copied, and what it is. */
  #look(value: unknown, index: number, around: Place | null): string | null {
    if (typeof value === 'function') return `${wayTo(index, around)} is a function`;
    if (typeof value === 'symbol') return `${wayTo(index, around)} is a symbol`;
    if (typeof value !== 'object' || value === null || this.#seen.has(value) || this.#moved.has(value)) return null;
    this.#seen.add(value);
    if (types.isProxy(value)) return `${wayTo(index, around)} is a Proxy`;
    if (Array.isArray(value)) this.#open.push({ value, parts: value, index, around });
    else if (isPlain(value)) this.#open.push({ value, parts: Object.values(value), index, around });
    else return this.#lookAtInstance(value, index, around);
    return null;
  }

  #lookAtInstance(value: object, index: number, around: Place | null): string | null {
    const kind = neverCopied(value);
    if (kind !== null) return `${wayTo(index, around)} is ${kind}`;
    if (isLeaf(value)) return null;
    const parts = partsOf(value);
    if (parts === null) this.sure = false;
    this.#open.push({ value, parts: parts ?? Object.values(value), index, around });
    return null;
  }
}

/** What is copied of an instance of a class of the language's; null for any other. */
function partsOf(value: object): readonly unknown[] | null {
  if (types.isMap(value)) return [...value.keys(), ...value.values()];
  if (types.isSet(value)) return [...value];
  return types.isNativeError(value) ? [value.cause] : null;
}

function wayTo(index: number, around: Place | null): string {
  let [way, at] = ['', index];
  for (let place = around; place !== null; place = place.around) {
    way = keyOf(at, place.value) + way;
    at = place.index;
  }
  return way;
}

function keyOf(index: number, value: object): string {
  if (Array.isArray(value) || types.isMap(value) || types.isSet(value)) return `[${index}]`;
  return types.isNativeError(value) ? '.cause' : `.${Object.keys(value)[index]}`;
}

function neverCopied(value: object): string | null {
  if (types.isPromise(value)) return 'a promise (await it first)';
  if ('then' in value && typeof value.then === 'function') return 'something to wait for (await it first)';
  if (types.isGeneratorObject(value)) return 'a generator';
  if (types.isWeakMap(value) || types.isWeakSet(value) || value instanceof WeakRef) return 'a weak reference';
  return null;
}

function isLeaf(value: object): boolean {
  return ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value) || types.isDate(value) || types.isRegExp(value);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
