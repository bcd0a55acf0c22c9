/** One event, as a wait. */
import { refuseUnknownOptions } from '../options.ts';
import { abortSignal, refuseBadSignal } from '../scopes/abort-signal.ts';
import type { AbortSignalLike } from '../scopes/abort-signal.ts';
import { listen } from '../scopes/listen.ts';
import type { EmitterLike, EventSource, EventTargetLike } from '../scopes/listen.ts';
import type { Awaitable } from '../tasks/awaitable.ts';
import { parkForeign } from '../tasks/foreign.ts';
import { errorEvent, errorOf, refuseBadSource } from './error-event.ts';

/** Options of `fromEvent`. */
export interface FromEventOptions<V> {
  /** Ends the wait with its reason. */
  signal?: AbortSignalLike;
  /** Which events are meant; all, by default. */
  filter?: (value: V) => boolean;
  /** The event that fails the wait: `'error'` of an emitter, none of an `EventTarget`, by default; null: none. */
  error?: string | null;
}

/**
 * Waits for an event: gives the event of an `EventTarget`, the list of arguments of an `EventEmitter`. It listens from
 * when it is waited for until it ends, or is cancelled.
 *
 * **Gotchas** What was emitted before the wait begins is missed: for events that may come at any time use `events`.
 *
 * @example
 * ```ts
 * import { EventEmitter } from 'node:events';
 * import { coroutine, fromEvent, run } from 'cotask';
 *
 * const main = coroutine(async () => {
 *   const server = new EventEmitter();
 *   setTimeout(() => server.emit('listening', 8080), 1);
 *   const [port] = await fromEvent<[number]>(server, 'listening');
 *   console.log(port); // 8080
 * });
 * await run(main());
 * ```
 * @throws the error of an `'error'` event; `COTASK_EVENT_ERROR` where it has none; the reason of the signal.
 * @throws {MisuseError} `COTASK_BAD_OPTION`.
 */
export function fromEvent<E extends Event = Event>(
  target: EventTargetLike,
  name: string,
  options?: FromEventOptions<E>,
): Awaitable<E>;
export function fromEvent<A extends unknown[] = unknown[]>(
  emitter: EmitterLike,
  name: string,
  options?: FromEventOptions<A>,
): Awaitable<A>;
export function fromEvent(
  source: EventSource,
  name: string,
  options: FromEventOptions<never> = {},
): Awaitable<unknown> {
  refuseUnknownOptions('fromEvent()', options, ['signal', 'filter', 'error']);
  refuseBadSource('fromEvent()', source, name, options.filter);
  const { signal } = options;
  if (signal === undefined) return oneEvent(source, name, options);
  refuseBadSignal('fromEvent()', signal);
  return abortSignal(signal, () => oneEvent(source, name, options));
}

function oneEvent(source: EventSource, name: string, options: FromEventOptions<never>): Awaitable<unknown> {
  const failing = errorEvent(source, name, options.error);
  // The name of an event says what comes with it: the caller knows, the compiler cannot.
  const filter = options.filter as ((value: unknown) => boolean) | undefined;
  return parkForeign<unknown>(`event "${name}"`, ({ resolve, reject }) => {
    const stops: (() => void)[] = [];
    const stop = (): void => {
      for (const each of stops.splice(0)) each();
    };
    let open = true;
    const end = (settle: (value: unknown) => void, value: unknown): void => {
      open = false;
      stop();
      settle(value);
    };
    const heard = (value: unknown): void => {
      try {
        if (filter === undefined || filter(value)) end(resolve, value);
      } catch (error) {
        end(reject, error);
      }
    };
    stops.push(listen(source, name, heard));
    if (failing !== null) stops.push(listen(source, failing, (value) => end(reject, errorOf(failing, value))));
    // An emitter may have answered at once.
    if (!open) stop();
    return stop;
  });
}
