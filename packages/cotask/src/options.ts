/** What every function with options does first: an option that it does not know is a mistake, not a wish. */
import { MisuseError } from './errors.ts';

/**
 * Refuses options that are no object, and unknown ones by name.
 * @throws {MisuseError} `COTASK_BAD_OPTION`.
 */
export function refuseUnknownOptions(what: string, options: object, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new MisuseError(
      'COTASK_BAD_OPTION',
      `the options of ${what} are an object with ${listed(known)}, got ${typeof options}`,
    );
  }
  for (const key of Object.keys(options)) {
    if (!known.includes(key))
      throw new MisuseError(
        'COTASK_BAD_OPTION',
        `${what} does not know the option "${key}"; it takes ${listed(known)}`,
      );
  }
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** What was given, as messages show it: a text in quotes, an object or a function by its kind. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`;
  return typeof value === 'function' || (typeof value === 'object' && value !== null) ? typeof value : String(value);
}

/** Refuses a grace that is no number of milliseconds. */
export function refuseBadGrace(what: string, graceMs: unknown): void {
  if (graceMs === undefined || (typeof graceMs === 'number' && graceMs >= 0)) return;
  throw new MisuseError('COTASK_BAD_OPTION', `${what} takes graceMs as milliseconds from 0 up, got ${shown(graceMs)}`);
}

/** Refuses what cannot be called. */
export function refuseNoFunction(what: string, callback: unknown): void {
  if (typeof callback === 'function') return;
  throw new MisuseError('COTASK_BAD_OPTION', `${what} takes a function to call, got ${typeof callback}`);
}
