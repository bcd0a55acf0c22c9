/** Deadlines that passed, and how far the request had come. */
import type { RequestLine } from './client-error.ts';
import { ClientConnectionError } from './connection-errors.ts';

/** A deadline of a request (aiohttp's `ClientTimeout` fields in camelCase). */
export type DeadlineName =
  | 'total'
  | 'connect'
  | 'sockConnect'
  | 'tlsHandshake'
  | 'firstByte'
  | 'sockRead'
  | 'minThroughput';

/** How far a request had come. */
export type RequestStage = 'queued' | 'resolving' | 'connecting' | 'handshake' | 'sending' | 'head' | 'body';

/** Which deadline passed, and how far the request had come. */
export interface DeadlineFacts {
  readonly deadline: DeadlineName;
  /** The deadline's length, in milliseconds; of `minThroughput` the window's. */
  readonly limit: number;
  readonly stage: RequestStage;
  /** Body bytes received by then. */
  readonly bytes: number;
}

/** A deadline of the request passed; the classes below say which. */
export class ServerTimeoutError extends ClientConnectionError implements DeadlineFacts {
  readonly deadline: DeadlineName;
  readonly limit: number;
  readonly stage: RequestStage;
  readonly bytes: number;

  constructor(request: RequestLine, facts: DeadlineFacts, code = 'COTASK_HTTP_TIMEOUT', what?: string) {
    const words = what ?? `the ${facts.deadline} deadline of ${facts.limit} ms passed`;
    super(request, `${words} while ${stageWords(facts)}`, {}, code);
    this.deadline = facts.deadline;
    this.limit = facts.limit;
    this.stage = facts.stage;
    this.bytes = facts.bytes;
  }
}

/** The deadline `connect` (a slot and a connection), `sockConnect` (a connection) or `tlsHandshake` passed. */
export class ConnectionTimeoutError extends ServerTimeoutError {
  constructor(request: RequestLine, facts: DeadlineFacts) {
    super(request, facts, 'COTASK_HTTP_CONNECT_TIMEOUT');
  }
}

/** The deadline `sockRead` (no byte went either way for that long) or `firstByte` (no response came) passed. */
export class SocketTimeoutError extends ServerTimeoutError {
  constructor(request: RequestLine, facts: DeadlineFacts) {
    super(request, facts, 'COTASK_HTTP_SOCKET_TIMEOUT');
  }
}

/** A body moved by fewer bytes a second than `minThroughput`. */
export class SlowTransferError extends ServerTimeoutError {
  /** Bytes a second in the last window. */
  readonly reached: number;
  /** Bytes a second that were asked for. */
  readonly wanted: number;

  constructor(request: RequestLine, facts: DeadlineFacts, moved: number, wanted: number) {
    const words = `${moved} bytes in ${facts.limit} ms are fewer than minThroughput (${wanted} a second)`;
    super(request, facts, 'COTASK_HTTP_TOO_SLOW', `${words}: too slow`);
    this.reached = (moved * 1000) / facts.limit;
    this.wanted = wanted;
  }
}

/** The deadline `total` passed, which covers the whole request with its redirects and its body. */
export class TotalTimeoutError extends ServerTimeoutError {
  constructor(request: RequestLine, facts: DeadlineFacts) {
    super(request, facts, 'COTASK_HTTP_TOTAL_TIMEOUT');
  }
}

function stageWords(facts: DeadlineFacts): string {
  if (facts.stage === 'queued') return 'it waited for a free slot';
  if (facts.stage === 'resolving') return 'the name was looked up';
  if (facts.stage === 'connecting') return 'it was connecting';
  if (facts.stage === 'handshake') return 'TLS was negotiated';
  if (facts.stage === 'sending') return 'it sent the request';
  if (facts.stage === 'head') return 'it waited for the response';
  return `it read the body, ${facts.bytes} bytes of which had come`;
}
