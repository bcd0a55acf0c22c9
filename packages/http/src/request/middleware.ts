/** What a middleware is, and how several become one function (aiohttp's client middlewares). */
import { coroutine, type Awaitable, type Coroutine, type GeneratorBody } from 'cotask';
import type { ClientRequest } from './client-request.ts';
import { ClientResponse } from '../response/client-response.ts';
import { InvalidOptionError } from '../errors/index.ts';

/**
 * Sends the request on: through the middlewares that follow, then over a connection. It may be called several times, one
 * after the other or side by side; a response that an earlier call gave is released when it is called again.
 */
export type NextRequest = (request: ClientRequest) => Coroutine<ClientResponse>;

/**
 * Stands around each hop of a request: looks at it or changes it, calls `next` once, several times or never, looks at the
 * response, and returns one. An async function, a generator function or a coroutine function.
 *
 * @example
 * ```ts
 * import type { ClientMiddleware } from '@cotask/http';
 *
 * const withToken: ClientMiddleware = async (request, next) => {
 *   if (request.origin === 'https://api.example') request.headers.set('authorization', 'Bearer …');
 *   return await next(request);
 * };
 * console.log(withToken.length); // 2
 * ```
 */
export type ClientMiddleware = (
  request: ClientRequest,
  next: NextRequest,
) => GeneratorBody<ClientResponse> | PromiseLike<ClientResponse> | Awaitable<ClientResponse>;

/** Middlewares as coroutine functions, the outermost first. */
export type Middlewares = readonly ((request: ClientRequest, next: NextRequest) => Coroutine<ClientResponse>)[];

/** The option `middlewares`, checked. */
export function listMiddlewares(middlewares: readonly ClientMiddleware[] | undefined): Middlewares {
  if (middlewares === undefined) return [];
  if (!Array.isArray(middlewares)) throw new InvalidOptionError('middlewares must be a list of functions');
  return middlewares.map((middleware: ClientMiddleware) => {
    if (typeof middleware !== 'function')
      throw new InvalidOptionError(`middlewares must be a list of functions, it holds a ${typeof middleware}`);
    return coroutine(middleware);
  });
}

/** One function of all: the first of the list is the outermost, `last` sends. */
export function chainMiddlewares(middlewares: Middlewares, last: NextRequest): NextRequest {
  return middlewares.reduceRight<NextRequest>((next, middleware) => around(middleware, next), last);
}

function around(middleware: Middlewares[number], next: NextRequest): NextRequest {
  return coroutine(function* (request: ClientRequest) {
    const response = yield* middleware(request, next);
    if (response instanceof ClientResponse) return response;
    throw new InvalidOptionError(
      `a middleware must return a ClientResponse, one returned ${response === null ? 'null' : typeof response}; is "return await next(request)" missing?`,
    );
  });
}
