/** Options are checked by a table before any work begins. */
import { MisuseError } from 'cotask';

/** Says what is wrong with a value as "must be …", or null when nothing is. */
export type OptionRule = (value: unknown) => string | null;

/** The options that exist, each with its rule. */
export type OptionRules<Options> = { readonly [Key in keyof Options]-?: OptionRule };

/** Refuses unknown keys and bad values. An undefined value is no value. */
export function checkOptions<Options extends object>(
  what: string,
  options: Options,
  rules: OptionRules<Options>,
): void {
  if (typeof options !== 'object' || options === null) throw badOption(`the options of ${what} must be an object`);
  for (const key in options) {
    if (!Object.hasOwn(rules, key))
      throw badOption(`${what} knows no option "${key}"; it knows ${Object.keys(rules).join(', ')}`);
    const value = options[key];
    const wrong = value === undefined ? null : rules[key](value);
    if (wrong !== null) throw badOption(`${what}: ${key} ${wrong}, got ${shown(value)}`);
  }
}

/** The error for a bad argument or option. */
export function badOption(message: string): MisuseError {
  return new MisuseError('COTASK_BAD_OPTION', message);
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** A span of time from 0 up; Infinity is for ever. */
export const milliseconds: OptionRule = (value) =>
  typeof value === 'number' && value >= 0 ? null : 'must be a number of milliseconds from 0 up';

/** A whole number of at least `least`. */
export function wholeNumber(least: number): OptionRule {
  return (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least
      ? null
      : `must be a whole number of at least ${least}`;
}

/** Any object. */
export const someObject: OptionRule = (value) =>
  typeof value === 'object' && value !== null ? null : 'must be an object';
