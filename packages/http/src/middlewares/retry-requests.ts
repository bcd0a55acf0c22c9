/** Tries again what failed for now: a middleware. */
import { exponentialBackoff, sleep, type Backoff, type GeneratorBody } from 'cotask';
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
import { ClientError, ConnectionTimeoutError } from '../errors/index.ts';
import { checkMethod, idempotentMethods } from '../message/methods.ts';
import type { ClientMiddleware, NextRequest } from '../request/middleware.ts';
import { retryAfterOf } from '../message/retry-after.ts';
import { RetryBudget } from './retry-budget.ts';

/** An attempt that failed: with an error, or with a response whose status is worth another attempt. */
export interface FailedAttempt {
  readonly request: ClientRequest;
  /** 1 for the first. */
  readonly attempt: number;
  readonly response: ClientResponse | null;
  readonly error: ClientError | null;
  /** How long the server asks to wait, in milliseconds; null where it does not. */
  readonly retryAfter: number | null;
}

/** Options of {@link retryRequests}. */
export interface RetryRequestsOptions {
  /** How often a request is sent at most, the first time included. Default 5. */
  attempts?: number | undefined;
  /** Statuses that are worth another attempt. Default 408, 425, 429, 500, 502, 503, 504, 520 to 524. */
  statuses?: Iterable<number> | undefined;
  /** Methods that may be sent again when nobody knows whether they arrived. Default those that RFC 9110 calls idempotent. */
  methods?: Iterable<string> | undefined;
  /** The pause after a failed attempt: milliseconds, or what gives them. Default `exponentialBackoff({ initial: 500, max: 60_000 })`: full jitter. */
  backoff?: number | Backoff | undefined;
  /** The longest `Retry-After` that is waited for, in milliseconds; after a longer one the response is the answer. Default 60,000. */
  maxRetryAfter?: number | undefined;
  /** How many retries there may be in all; null for as many as it takes. Default a budget of its own, `new RetryBudget()`. */
  budget?: RetryBudget | null | undefined;
  /** Decides in place of the statuses and the kinds of errors; methods and bodies are looked at all the same. */
  retryIf?: ((failed: FailedAttempt) => boolean) | undefined;
  /** Is told of each attempt that another one follows, and of the pause before it. */
  onRetry?: ((failed: FailedAttempt, pause: number) => void) | undefined;
  /** Numbers from 0 to 1, for what is added to a `Retry-After`; `Math.random` by default. */
  random?: (() => number) | undefined;
}

interface Plan {
  readonly attempts: number;
  readonly methods: ReadonlySet<string>;
  readonly backoff: Backoff;
  readonly maxRetryAfter: number;
  readonly budget: RetryBudget | null;
  readonly retryIf: (failed: FailedAttempt) => boolean;
  readonly onRetry: (failed: FailedAttempt, pause: number) => void;
  readonly random: () => number;
}

const usualStatuses: readonly number[] = [408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524];

/** How often an error of a kind is worth another attempt, by its code; of a kind that is not here never. */
const mostRetries: { readonly [code: string]: number } = {
  COTASK_HTTP_CONNECTION: Infinity,
  COTASK_HTTP_CONNECT: Infinity,
  COTASK_HTTP_DNS: Infinity,
  COTASK_HTTP_DISCONNECTED: Infinity,
  COTASK_HTTP_CONNECT_TIMEOUT: Infinity,
  COTASK_HTTP_SOCKET_TIMEOUT: Infinity,
  COTASK_HTTP_TOO_SLOW: Infinity,
  // A server that speaks no HTTP seldom learns it: once, for a connection that another program had answered.
  COTASK_HTTP_MESSAGE: 1,
};

/** Where no connection was made, nothing was sent, whatever the method. */
const neverSent = new Set(['COTASK_HTTP_CONNECT', 'COTASK_HTTP_DNS']);

const someList: OptionRule = (value) =>
  typeof value === 'object' && value !== null && Symbol.iterator in value ? null : 'must be a list';
const budgetOrNone: OptionRule = (value) =>
  value === null || value instanceof RetryBudget ? null : 'must be a RetryBudget, or null for none';

const pauses: OptionRule = (value) =>
  typeof value === 'function' || (typeof value === 'number' && Number.isFinite(value) && value >= 0)
    ? null
    : 'must be milliseconds from 0 up or a function that gives them, as exponentialBackoff() makes one';

const rules: OptionRules<RetryRequestsOptions> = {
  attempts: wholeNumber(1),
  statuses: someList,
  methods: someList,
  backoff: pauses,
  maxRetryAfter: milliseconds,
  budget: budgetOrNone,
  retryIf: someFunction,
  onRetry: someFunction,
  random: someFunction,
};

/**
 * A middleware that sends a request again when it failed for now: no connection, a connection that broke, a deadline other
 * than `total`, a status that says so. A method that is not idempotent is sent again only where it was surely not applied
 * (no connection was made) or where the header `idempotency-key` says that twice is once; a body that can be sent only once
 * never. The pause is full-jitter backoff, or `Retry-After` where that is longer, and holds no slot of the session.
 *
 * **Details** What comes out at the end is the last response or error, as it is. A body that breaks off after the response was
 * handed over is the caller's: nothing is retried then. A `Retry-After` is stretched by up to a tenth, so that those who were
 * told the same do not come back together.
 *
 * @example
 * ```ts
 * import { ClientSession, circuitBreaker, retryRequests } from '@cotask/http';
 *
 * const session = new ClientSession({ middlewares: [retryRequests({ attempts: 3 }), circuitBreaker()] });
 * console.log(session.closed); // false
 * ```
 * @throws {InvalidOptionError} for an option that does not exist or cannot be.
 */
export function retryRequests(options: RetryRequestsOptions = {}): ClientMiddleware {
  const plan = makePlan(options);
  return (request, next) => sendOften(plan, request, next);
}

function makePlan(options: RetryRequestsOptions): Plan {
  checkOptions('retryRequests()', options, rules);
  const statuses = new Set(options.statuses ?? usualStatuses);
  const { backoff = exponentialBackoff({ initial: 500, max: 60_000 }) } = options;
  return {
    attempts: options.attempts ?? 5,
    methods: options.methods === undefined ? idempotentMethods : new Set([...options.methods].map(checkMethod)),
    backoff: typeof backoff === 'number' ? () => backoff : backoff,
    maxRetryAfter: options.maxRetryAfter ?? 60_000,
    budget: options.budget === undefined ? new RetryBudget() : options.budget,
    retryIf: options.retryIf ?? ((failed) => isTransient(failed, statuses)),
    onRetry: options.onRetry ?? (() => undefined),
    random: options.random ?? Math.random,
  };
}

function* sendOften(plan: Plan, request: ClientRequest, next: NextRequest): GeneratorBody<ClientResponse> {
  plan.budget?.deposit();
  for (let attempt = 1; ; attempt += 1) {
    let response: ClientResponse | null = null;
    let failure: ClientError | null = null;
    try {
      // A copy: what the inner middlewares make of a request, they make anew of each attempt.
      response = yield* next(request.clone());
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      failure = error;
    }
    const failed = describeAttempt(request, attempt, response, failure);
    const pause = pauseAfter(plan, failed);
    if (pause === null) {
      if (response !== null) return response;
      throw failure;
    }
    // It holds a slot of the session, which others may need meanwhile.
    response?.release();
    plan.onRetry(failed, pause);
    yield* sleep(pause);
  }
}

function describeAttempt(
  request: ClientRequest,
  attempt: number,
  response: ClientResponse | null,
  error: ClientError | null,
): FailedAttempt {
  const asked = response === null ? null : response.header('retry-after');
  const retryAfter = asked === null ? null : retryAfterOf(asked, response?.header('date') ?? null);
  return { request, attempt, response, error, retryAfter };
}

/** Milliseconds to wait before another attempt; null where there is none. */
function pauseAfter(plan: Plan, failed: FailedAttempt): number | null {
  const { attempt, retryAfter, error } = failed;
  if (attempt >= plan.attempts || !mayRepeat(plan, failed) || !plan.retryIf(failed)) return null;
  if (retryAfter !== null && retryAfter > plan.maxRetryAfter) return null;
  if (plan.budget?.withdraw() === false) return null;
  const backoff = plan.backoff(attempt, error);
  return retryAfter === null ? backoff : Math.max(backoff, retryAfter * (1 + plan.random() / 10));
}

/** Whether sending it twice can do no harm. */
function mayRepeat({ methods }: Plan, { request, error }: FailedAttempt): boolean {
  if (!request.replayable) return false;
  if (methods.has(request.method) || request.headers.has('idempotency-key')) return true;
  return error !== null && (neverSent.has(error.code) || error instanceof ConnectionTimeoutError);
}

function isTransient({ response, error, attempt }: FailedAttempt, statuses: ReadonlySet<number>): boolean {
  if (response !== null) return statuses.has(response.status);
  if (error === null) return false;
  return attempt <= (isUnknownName(error) ? 1 : (mostRetries[error.code] ?? 0));
}

/** A name that does not exist seldom appears; a resolver that is overloaded may say so all the same. */
function isUnknownName({ cause }: ClientError): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOTFOUND';
}
