/**
 * Option objects are checked by a table before any work begins: a key that is not in the table is a typo, and a typo in
 * `timeout` or `maxRedirects` must not pass as a default.
 */
import { InvalidOptionError } from './errors/index.ts';
import { bareName, hintOf } from './names-elsewhere.ts';

/** Says what is wrong with a value as "must be …", or null when nothing is. */
export type OptionRule = (value: unknown) => string | null;

/** The options that exist, each with its rule. */
export type OptionRules<Options> = { readonly [Key in keyof Options]-?: OptionRule };

/** Refuses unknown keys and bad values of `options`, the options of `what`. An undefined value is no value. */
export function checkOptions<Options extends object>(
  what: string,
  options: Options,
  rules: OptionRules<Options>,
): void {
  if (typeof options !== 'object' || options === null)
    throw new InvalidOptionError(`the options of ${what} must be an object`);
  for (const key in options) {
    if (!Object.hasOwn(rules, key)) throw new InvalidOptionError(describeUnknown(what, key, Object.keys(rules)));
    const value = options[key];
    const wrong = value === undefined ? null : rules[key](value);
    if (wrong !== null)
      throw new InvalidOptionError(`${what}: ${key} ${wrong}, got ${secrets.has(key) ? kindOf(value) : show(value)}`);
  }
}

/** What these hold stays out of messages, wherever in them it was put by mistake. */
const secrets = new Set(['auth', 'bearer', 'cookies', 'key', 'passphrase', 'password', 'pfx', 'proxyAuth', 'username']);

/** Any value; what it must be is checked where it is used. */
export const anything: OptionRule = () => null;

export const trueOrFalse: OptionRule = (value) => (typeof value === 'boolean' ? null : 'must be true or false');

export const someText: OptionRule = (value) => (typeof value === 'string' && value !== '' ? null : 'must be a text');

export const someFunction: OptionRule = (value) => (typeof value === 'function' ? null : 'must be a function');

export const someObject: OptionRule = (value) =>
  typeof value === 'object' && value !== null ? null : 'must be an object';

/** A whole number of at least `least`. */
export function wholeNumber(least: number): OptionRule {
  return (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least
      ? null
      : `must be a whole number of at least ${least}`;
}

/** A number of bytes, or Infinity for no bound. */
export const byteBound: OptionRule = (value) =>
  value === Infinity || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0)
    ? null
    : 'must be a number of bytes, or Infinity';

/** A span of time in milliseconds. */
export const milliseconds: OptionRule = (value) =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? null : 'must be a number of milliseconds above 0';

function describeUnknown(what: string, key: string, known: readonly string[]): string {
  const near = known.find((name) => bareName(name) === bareName(key));
  const hint = near === undefined ? hintOf(key, known) : `is ${near} meant?`;
  return `${what} knows no option ${JSON.stringify(key)}; ${hint ?? nearestOf(key, known)}`;
}

function nearestOf(key: string, known: readonly string[]): string {
  const near = known.find((name) => isNear(name, key));
  return near === undefined ? `it knows ${known.join(', ')}` : `is ${near} meant?`;
}

/** True where one letter more, fewer, other or two swapped make the one word of the other. */
function isNear(known: string, given: string): boolean {
  if (Math.abs(known.length - given.length) > 1) return false;
  const sorted = (text: string): string => [...text].sort().join('');
  if (sorted(known) === sorted(given)) return true;
  let start = 0;
  while (start < known.length && known[start] === given[start]) start++;
  let end = 0;
  while (end < known.length - start && end < given.length - start && known.at(-1 - end) === given.at(-1 - end)) end++;
  return Math.max(known.length, given.length) - start - end <= 1;
}

function kindOf(value: unknown): string {
  if (typeof value === 'string') return 'a text';
  return typeof value === 'object' && value !== null ? 'an object' : typeof value;
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
