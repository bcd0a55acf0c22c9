/** Event targets and emitters, as one. */
import { CotaskError, MisuseError } from '../errors.ts';
import { refuseNoFunction } from '../options.ts';

/** An `EventTarget`, or what is like one. */
export interface EventTargetLike {
  addEventListener(name: string, listener: (event: Event) => void): void;
  removeEventListener(name: string, listener: (event: Event) => void): void;
}

/** Node's `EventEmitter`, or what is like one. */
export interface EmitterLike {
  on(name: string, listener: (...args: unknown[]) => void): unknown;
  off(name: string, listener: (...args: unknown[]) => void): unknown;
}

/** What events are heard from. */
export type EventSource = EventTargetLike | EmitterLike;

/** Calls `heard` with each event: the event itself of a target, the arguments of an emitter. Returns how to stop. */
export function listen(source: EventSource, name: string, heard: (value: unknown) => void): () => void {
  if ('addEventListener' in source) {
    source.addEventListener(name, heard);
    return () => source.removeEventListener(name, heard);
  }
  const listener = (...args: unknown[]): void => heard(args);
  source.on(name, listener);
  return () => void source.off(name, listener);
}

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
