/**
 * A request's life: slots, a connection, the head of a response; while that is a redirect, again; then a ClientResponse.
 *
 * prepare-request.ts checks it → (request-chain.ts takes it through its middlewares →)
 * request-run.ts waits for its slots → exchange.ts sends it ⇐ undici's callbacks settle it
 * → redirect.ts says where next, or the response is handed over. A deadline, or the end of the session, fails whatever is
 * waited for.
 */
import { fromPromise, getEventLoop, type GeneratorBody } from 'cotask';
import type { ClientResponse } from '../response/client-response.ts';
import type { ClientSession } from '../client-session.ts';
import { SessionClosedError } from '../errors/index.ts';
import { discardRedirect } from '../exchange/discard.ts';
import type { PreparedRequest } from './prepare-request.ts';
import { RequestChain } from './request-chain.ts';
import { RequestRun } from './request-run.ts';
import type { SessionCore } from './session-core.ts';
import type { RaiseForStatus } from './session-options.ts';

/** Sends a request and follows its redirects. One generator, not one a stage: each costs at every wait. */
export function* sendRequest(
  session: ClientSession | null,
  core: SessionCore,
  request: PreparedRequest,
): GeneratorBody<ClientResponse> {
  if (core.closed) throw new SessionClosedError({ method: request.target.method, url: request.target.url.whole });
  const loop = getEventLoop();
  const { raiseForStatus, trace } = request;
  trace?.emit('requestStart', { headers: request.target.headers });
  const chain = request.middlewares.length > 0 ? new RequestChain({ session, core, request, loop }) : null;
  // A generator that has ended keeps its arguments, and a session that nobody holds is to be told of.
  session = null;
  const run = chain === null ? new RequestRun(core, request, loop) : null;
  let response: ClientResponse | null = null;
  try {
    if (chain !== null) response = yield* chain.send();
    while (run !== null && response === null) {
      const exchange = run.openAtOnce() ?? (yield* run.open());
      const head = yield* exchange.response();
      const next = run.redirect(head);
      if (next === null) {
        response = run.handOver(exchange, head);
      } else {
        if (!exchange.done) yield* discardRedirect(exchange, loop);
        run.turnTo(next);
      }
    }
    if (response === null) throw new RangeError('a request ends with a response or an error');
    if (raiseForStatus !== false) yield* checkStatus(response, raiseForStatus);
  } catch (error) {
    if (response === null) run?.end();
    trace?.emit('requestException', { error });
    throw error;
  }
  trace?.emit('requestEnd', { response });
  return response;
}

function* checkStatus(response: ClientResponse, raiseForStatus: RaiseForStatus): GeneratorBody<void> {
  if (raiseForStatus === true && !response.ok) refuse(response);
  if (typeof raiseForStatus === 'function') yield* look(response, raiseForStatus);
}

/** Throws the status; what is left of the error page is read away, so that its connection can be used again. */
function refuse(response: ClientResponse): void {
  response.release();
  response.raiseForStatus();
}

function* look(
  response: ClientResponse,
  raiseForStatus: (response: ClientResponse) => void | PromiseLike<void>,
): GeneratorBody<void> {
  try {
    const looked = raiseForStatus(response);
    if (looked !== undefined) yield* fromPromise(looked);
  } catch (error) {
    response.close();
    throw error;
  }
}
