/** The deadlines a request may have, and how the option `timeout` says them (aiohttp's `ClientTimeout`). */
import { checkOptions, milliseconds, type OptionRule } from './check-options.ts';
import { InvalidOptionError } from './errors.ts';

/** Deadlines of a request, in milliseconds; `null` is none, `undefined` the session's. */
export interface ClientTimeout {
  /** The whole request: the wait for a slot, every redirect, the body. Default 300,000. */
  total?: number | null | undefined;
  /** The wait for a slot and for a connection, of each hop. Default none. */
  connect?: number | null | undefined;
  /** Name look-up, TCP and TLS of one connection. Default 30,000. */
  sockConnect?: number | null | undefined;
  /** The longest time without a byte in either direction. Default none. Does not run while the reader holds the body back. */
  sockRead?: number | null | undefined;
}

/** A `ClientTimeout` with every field said. */
export interface Timeouts {
  readonly total: number | null;
  readonly connect: number | null;
  readonly sockConnect: number | null;
  readonly sockRead: number | null;
}

/** aiohttp's defaults. */
export const defaultTimeouts: Timeouts = { total: 300_000, connect: null, sockConnect: 30_000, sockRead: null };

const spanOrNone: OptionRule = (value) =>
  value === null
    ? null
    : milliseconds(value) === null
      ? null
      : 'must be a number of milliseconds above 0, or null for none';

const rules = { total: spanOrNone, connect: spanOrNone, sockConnect: spanOrNone, sockRead: spanOrNone };

/** The option `timeout` over `base`: a number is `total`, null is no deadline at all, an object changes what it names. */
export function resolveTimeouts(timeout: number | null | ClientTimeout | undefined, base: Timeouts): Timeouts {
  if (timeout === undefined) return base;
  if (timeout === null) return { total: null, connect: null, sockConnect: null, sockRead: null };
  if (typeof timeout === 'number') {
    const wrong = milliseconds(timeout);
    if (wrong !== null) throw new InvalidOptionError(`timeout ${wrong}, got ${timeout}; null is no deadline`);
    return { ...base, total: timeout };
  }
  checkOptions('timeout', timeout, rules);
  return {
    total: timeout.total === undefined ? base.total : timeout.total,
    connect: timeout.connect === undefined ? base.connect : timeout.connect,
    sockConnect: timeout.sockConnect === undefined ? base.sockConnect : timeout.sockConnect,
    sockRead: timeout.sockRead === undefined ? base.sockRead : timeout.sockRead,
  };
}
