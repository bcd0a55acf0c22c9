/** The deadlines a request may have, and how the option `timeout` says them (aiohttp's `ClientTimeout`, and more). */
import { checkOptions, milliseconds, type OptionRule, type OptionRules } from '../check-options.ts';
import { InvalidOptionError } from '../errors/index.ts';

/** Deadlines of a request, in milliseconds; `null` is none, `undefined` the session's. */
export interface ClientTimeout {
  /** The whole request: the wait for a slot, every redirect, the body. Default 300,000. */
  total?: number | null | undefined;
  /** The wait for a slot and for a connection, of each hop. Default none. */
  connect?: number | null | undefined;
  /** Name look-up, TCP and TLS of one connection. Default 30,000. */
  sockConnect?: number | null | undefined;
  /** The TLS handshake alone, once TCP is connected. Default none. */
  tlsHandshake?: number | null | undefined;
  /**
   * From the request sent, with its body, to the head of the final response. Interim (1xx) responses and a head that
   * trickles do not stop it. Default none.
   */
  firstByte?: number | null | undefined;
  /** The longest time without a byte in either direction. Default none. Does not run while the reader holds the body back. */
  sockRead?: number | null | undefined;
  /** Another name of `sockRead`. */
  read?: number | null | undefined;
  /**
   * Bytes a second that a body, sent or received, must reach in every window of `throughputWindow`: the only answer to a
   * server that sends a byte now and then. Default none. Does not run while the reader holds the body back.
   */
  minThroughput?: number | null | undefined;
  /** Milliseconds over which `minThroughput` is measured. Default 30,000. */
  throughputWindow?: number | undefined;
}

/** A `ClientTimeout` with every field said. */
export interface Timeouts {
  readonly total: number | null;
  readonly connect: number | null;
  readonly sockConnect: number | null;
  readonly tlsHandshake: number | null;
  readonly firstByte: number | null;
  readonly sockRead: number | null;
  readonly minThroughput: number | null;
  readonly throughputWindow: number;
}

const noTimeouts: Timeouts = {
  total: null,
  connect: null,
  sockConnect: null,
  tlsHandshake: null,
  firstByte: null,
  sockRead: null,
  minThroughput: null,
  throughputWindow: 30_000,
};

/** aiohttp's defaults. */
export const defaultTimeouts: Timeouts = { ...noTimeouts, total: 300_000, sockConnect: 30_000 };

const spanOrNone: OptionRule = (value) =>
  value === null
    ? null
    : milliseconds(value) === null
      ? null
      : 'must be a number of milliseconds above 0, or null for none';

const rateOrNone: OptionRule = (value) =>
  value === null || (typeof value === 'number' && Number.isFinite(value) && value > 0)
    ? null
    : 'must be a number of bytes a second above 0, or null for none';

const rules: OptionRules<ClientTimeout> = {
  total: spanOrNone,
  connect: spanOrNone,
  sockConnect: spanOrNone,
  tlsHandshake: spanOrNone,
  firstByte: spanOrNone,
  sockRead: spanOrNone,
  read: spanOrNone,
  minThroughput: rateOrNone,
  throughputWindow: milliseconds,
};

/** The option `timeout` over `base`: a number is `total`, null is no deadline at all, an object changes what it names. */
export function resolveTimeouts(timeout: number | null | ClientTimeout | undefined, base: Timeouts): Timeouts {
  if (timeout === undefined) return base;
  if (timeout === null) return { ...noTimeouts, throughputWindow: base.throughputWindow };
  if (typeof timeout === 'number') {
    const wrong = milliseconds(timeout);
    if (wrong !== null) throw new InvalidOptionError(`timeout ${wrong}, got ${timeout}; null is no deadline`);
    return { ...base, total: timeout };
  }
  if (typeof timeout !== 'object')
    throw new InvalidOptionError(
      `timeout must be milliseconds, an object of deadlines or null, got a ${typeof timeout}`,
    );
  checkOptions('timeout', timeout, rules);
  if (timeout.read !== undefined && timeout.sockRead !== undefined)
    throw new InvalidOptionError('timeout: read is another name of sockRead; give one of them');
  return {
    total: pick(timeout.total, base.total),
    connect: pick(timeout.connect, base.connect),
    sockConnect: pick(timeout.sockConnect, base.sockConnect),
    tlsHandshake: pick(timeout.tlsHandshake, base.tlsHandshake),
    firstByte: pick(timeout.firstByte, base.firstByte),
    sockRead: pick(timeout.sockRead, pick(timeout.read, base.sockRead)),
    minThroughput: pick(timeout.minThroughput, base.minThroughput),
    throughputWindow: timeout.throughputWindow ?? base.throughputWindow,
  };
}

/** `null` is a word of its own: none. */
function pick(given: number | null | undefined, base: number | null): number | null {
  return given === undefined ? base : given;
}
