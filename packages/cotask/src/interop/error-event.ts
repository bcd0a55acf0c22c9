/** What the events of a source mean to those who wait for one. */
import { CotaskError, MisuseError } from '../errors.ts';
import { refuseNoFunction } from '../options.ts';
import type { EventSource } from '../scopes/listen.ts';

/** Which event is an error: an emitter's `'error'`, unless one waits for that. */
export function errorEvent(source: EventSource, name: string, error: string | null | undefined): string | null {
  if (error !== undefined) return error;
  return 'addEventListener' in source || name === 'error' ? null : 'error';
}

/** The error that an event tells of. */
export function errorOf(name: string, value: unknown): Error {
  const told: unknown = Array.isArray(value) ? value[0] : value;
  const error: unknown = typeof told === 'object' && told !== null && 'error' in told ? told.error : told;
  return error instanceof Error
    ? error
    : new CotaskError('COTASK_EVENT_ERROR', `the event "${name}" came in place of what was waited for`, {
        cause: told,
      });
}

export function refuseBadSource(what: string, source: unknown, name: unknown, filter: unknown): void {
  if (filter !== undefined) refuseNoFunction(`the filter of ${what}`, filter);
  const right = typeof source === 'object' && source !== null && ('addEventListener' in source || 'on' in source);
  if (right && typeof name === 'string') return;
  throw new MisuseError(
    'COTASK_BAD_OPTION',
    `${what} takes an EventTarget or an EventEmitter and the name of an event, got ${typeof source} and ${typeof name}`,
  );
}
