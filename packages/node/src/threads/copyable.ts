/** What the structured clone cannot copy, found before anything is sent, with the way to it. */
import { types } from 'node:util';

/** A part of a value, and where it stands: a text is built of it only when something is found there. */
interface Place {
  readonly value: object;
  readonly key: string;
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
    const found = this.#look(value, name, null);
    if (found !== null) return found;
    for (let place = this.#open.pop(); place !== undefined; place = this.#open.pop()) {
      const within = this.#lookInto(place);
      if (within !== null) return within;
    }
    return null;
  }

  #look(value: unknown, key: string, around: Place | null): string | null {
    if (typeof value === 'function') return `${wayTo(key, around)} is a function`;
    if (typeof value === 'symbol') return `${wayTo(key, around)} is a symbol`;
    if (typeof value !== 'object' || value === null || this.#seen.has(value) || this.#moved.has(value)) return null;
    this.#seen.add(value);
    const kind = neverCopied(value);
    if (kind !== null) return `${wayTo(key, around)} is ${kind}`;
    if (!isLeaf(value)) this.#open.push({ value, key, around });
    return null;
  }

  #lookInto(place: Place): string | null {
    const { value } = place;
    if (Array.isArray(value)) return this.#lookAtItems(value, place);
    if (types.isMap(value)) return this.#lookAtItems([...value.keys(), ...value.values()], place);
    if (types.isSet(value)) return this.#lookAtItems([...value], place);
    if (types.isNativeError(value)) return this.#look(value.cause, '.cause', place);
    if (!isPlain(value)) this.sure = false;
    for (const [key, part] of Object.entries(value)) {
      if (!isSimple(part)) {
        const found = this.#look(part, `.${key}`, place);
        if (found !== null) return found;
      }
    }
    return null;
  }

  #lookAtItems(items: readonly unknown[], place: Place): string | null {
    for (let i = 0; i < items.length; i++) {
      if (!isSimple(items[i])) {
        const found = this.#look(items[i], `[${i}]`, place);
        if (found !== null) return found;
      }
    }
    return null;
  }
}

function isSimple(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === undefined;
}

function wayTo(key: string, around: Place | null): string {
  let way = key;
  for (let place = around; place !== null; place = place.around) way = place.key + way;
  return way;
}

function neverCopied(value: object): string | null {
  if (types.isProxy(value)) return 'a Proxy';
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
