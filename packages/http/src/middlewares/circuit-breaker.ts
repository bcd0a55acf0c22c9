/** Leaves a server alone that fails, and looks now and then whether it is back: a middleware. */
import { getEventLoop, type GeneratorBody } from 'cotask';
import {
  checkOptions,
  milliseconds,
  someFunction,
  wholeNumber,
  type OptionRule,
  type OptionRules,
} from '../check-options.ts';
import type { ClientRequest } from '../request/client-request.ts';
import type { ClientResponse } from '../response/client-response.ts';
import { CircuitOpenError, ClientConnectionError, type ClientError } from '../errors/index.ts';
import type { ClientMiddleware, NextRequest } from '../request/middleware.ts';

/** `closed`: requests pass. `open`: they fail at once. `half-open`: one passes, to see. */
export type CircuitState = 'closed' | 'open' | 'half-open';

/** Options of {@link circuitBreaker}. Times are milliseconds. */
export interface CircuitBreakerOptions {
  /** The share of failures that opens the circuit. Default 0.5. */
  failureRatio?: number | undefined;
  /** Requests within the window before which it stays closed, whatever they did. Default 10. */
  minRequests?: number | undefined;
  /** How long requests are counted before the count begins anew. Default 10,000. */
  window?: number | undefined;
  /** How long it stays open before one request is let through. Default 10,000. */
  openFor?: number | undefined;
  /** Origins that are kept track of; the one asked longest ago is forgotten. Default 1,000. */
  maxOrigins?: number | undefined;
  /** What counts as a failure. Default connections that failed or broke, deadlines but `total`, and statuses of 500 and more. */
  isFailure?: ((outcome: CircuitOutcome) => boolean) | undefined;
  /** Is told when the circuit of an origin changes. */
  onChange?: ((origin: string, state: CircuitState) => void) | undefined;
}

/** How a request ended: with a response, or with an error. */
export interface CircuitOutcome {
  readonly response: ClientResponse | null;
  readonly error: unknown;
}

interface Plan {
  readonly failureRatio: number;
  readonly minRequests: number;
  readonly window: number;
  readonly openFor: number;
  readonly maxOrigins: number;
  readonly isFailure: (outcome: CircuitOutcome) => boolean;
  readonly onChange: (origin: string, state: CircuitState) => void;
}

const share: OptionRule = (value) =>
  typeof value === 'number' && value > 0 && value <= 1 ? null : 'must be a number above 0, at most 1';

const rules: OptionRules<CircuitBreakerOptions> = {
  failureRatio: share,
  minRequests: wholeNumber(1),
  window: milliseconds,
  openFor: milliseconds,
  maxOrigins: wholeNumber(1),
  isFailure: someFunction,
  onChange: someFunction,
};

/**
 * A middleware that stops asking an origin (scheme, host and port) which fails: when half of the requests of ten seconds
 * have failed, the next ones fail at once with {@link CircuitOpenError}; after another ten seconds one is let through, and
 * decides. Put it inside of `retryRequests()`, so that it sees each attempt.
 * @throws {InvalidOptionError} for an option that does not exist or cannot be.
 */
export function circuitBreaker(options: CircuitBreakerOptions = {}): ClientMiddleware {
  checkOptions('circuitBreaker()', options, rules);
  const plan: Plan = {
    failureRatio: options.failureRatio ?? 0.5,
    minRequests: options.minRequests ?? 10,
    window: options.window ?? 10_000,
    openFor: options.openFor ?? 10_000,
    maxOrigins: options.maxOrigins ?? 1000,
    isFailure: options.isFailure ?? isServersFault,
    onChange: options.onChange ?? (() => undefined),
  };
  const circuits = new Map<string, Circuit>();
  return (request, next) => guard(circuitOf(request.origin, circuits, plan), request, next);
}

function circuitOf(origin: string, circuits: Map<string, Circuit>, plan: Plan): Circuit {
  const circuit = circuits.get(origin) ?? new Circuit(origin, plan);
  circuits.delete(origin);
  circuits.set(origin, circuit);
  const [oldest] = circuits.keys();
  if (circuits.size > plan.maxOrigins && oldest !== undefined) circuits.delete(oldest);
  return circuit;
}

function* guard(circuit: Circuit, request: ClientRequest, next: NextRequest): GeneratorBody<ClientResponse> {
  const pass = circuit.enter();
  if (pass === null) {
    const line = { method: request.method, url: request.target().url.whole };
    throw new CircuitOpenError(line, circuit.origin, circuit.closedUntil());
  }
  let outcome: CircuitOutcome | null = null;
  try {
    const response = yield* next(request);
    outcome = { response, error: null };
    return response;
  } catch (error) {
    outcome = { response: null, error };
    throw error;
  } finally {
    circuit.leave(pass, outcome);
  }
}

/** What a request was let through as; an outcome that comes after the circuit has changed says nothing of it now. */
interface Pass {
  readonly state: CircuitState;
  readonly turn: number;
}

/** The circuit of one origin. */
class Circuit {
  readonly origin: string;
  readonly #plan: Plan;
  #state: CircuitState = 'closed';
  /** How often it has changed. */
  #turn = 0;
  #since: number | null = null;
  #requests = 0;
  #failures = 0;
  #probing = false;

  constructor(origin: string, plan: Plan) {
    this.origin = origin;
    this.#plan = plan;
  }

  /** Milliseconds until it lets one through. */
  closedUntil(): number {
    return Math.max(0, (this.#since ?? 0) + this.#plan.openFor - getEventLoop().time());
  }

  /** Lets a request through, or not. */
  enter(): Pass | null {
    const now = getEventLoop().time();
    // A loop with another clock: what was counted on the old one says nothing.
    if (this.#since === null || now < this.#since) this.#since = now;
    if (this.#state === 'open' && now >= this.#since + this.#plan.openFor) this.#turnTo('half-open');
    if (this.#state === 'closed') return this.#count(now);
    if (this.#state === 'open' || this.#probing) return null;
    this.#probing = true;
    return { state: 'half-open', turn: this.#turn };
  }

  #count(now: number): Pass {
    if (now >= (this.#since ?? now) + this.#plan.window) this.#reset(now);
    return { state: 'closed', turn: this.#turn };
  }

  /** The request has ended; without an outcome, or with a cancel, nothing was learnt of the server. */
  leave(pass: Pass, outcome: CircuitOutcome | null): void {
    if (pass.turn !== this.#turn) return;
    const failed = outcome !== null && this.#plan.isFailure(outcome);
    const answered = outcome !== null && outcome.response !== null;
    if (pass.state === 'half-open') {
      this.#probing = false;
      if (failed) this.#turnTo('open');
      else if (answered) this.#turnTo('closed');
      return;
    }
    if (!failed && !answered) return;
    this.#requests += 1;
    if (failed) this.#failures += 1;
    const { minRequests, failureRatio } = this.#plan;
    if (this.#requests >= minRequests && this.#failures >= this.#requests * failureRatio) this.#turnTo('open');
  }

  #turnTo(state: CircuitState): void {
    this.#state = state;
    this.#turn += 1;
    this.#probing = false;
    this.#reset(getEventLoop().time());
    this.#plan.onChange(this.origin, state);
  }

  #reset(now: number): void {
    this.#since = now;
    this.#requests = 0;
    this.#failures = 0;
  }
}

/** Connections that failed or broke and deadlines are the server's fault; what the caller or the session ended is not. */
function isServersFault({ response, error }: CircuitOutcome): boolean {
  if (response !== null) return response.status >= 500;
  return error instanceof ClientConnectionError && !isOwnFault(error);
}

const ownFaults = new Set([
  'COTASK_HTTP_TOTAL_TIMEOUT',
  'COTASK_HTTP_SESSION_CLOSED',
  'COTASK_HTTP_QUEUE_FULL',
  'COTASK_HTTP_NON_PUBLIC_ADDRESS',
  'COTASK_HTTP_CIRCUIT_OPEN',
]);

function isOwnFault({ code }: ClientError): boolean {
  return ownFaults.has(code);
}
