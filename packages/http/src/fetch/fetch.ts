/**
 * The platform's `fetch` over a session, for libraries that take one. What it is given and what it gives are the platform's
 * own `Request` and `Response`; connections, bounds and deadlines are the session's.
 */
import { CotaskError, abortSignal, currentTask, type Coroutine } from 'cotask';
import type { ClientResponse } from '../response/client-response.ts';
import { readFetchInput } from './fetch-input.ts';
import { makeFetchResponse } from './fetch-response.ts';
import type { RequestOptions } from '../request/session-options.ts';

/** The signature of the platform's `fetch`. */
export type Fetch = typeof globalThis.fetch;

/** How a session sends. @internal */
export type SendRequest = (method: string, url: string, options: RequestOptions) => Coroutine<ClientResponse>;

/** `fetch` over `send`; relative URLs stand on `baseUrl`. */
export function makeFetch(send: SendRequest, baseUrl: URL | null): Fetch {
  return async (input, init) => {
    // Read before the first wait: what runs after it may have no task.
    const ambient = currentTask() === null ? null : abortSignal();
    const { request, options } = await readFetchInput(input, init, baseUrl);
    request.signal.throwIfAborted();
    const signal = ambient === null ? request.signal : AbortSignal.any([request.signal, ambient]);
    // The platform's signal follows the caller's only as long as its request is held.
    const say = (words: string) => (error: unknown) =>
      request.signal.aborted ? request.signal.reason : signal.aborted ? signal.reason : asTypeError(error, words);
    try {
      const response = await send(request.method, request.url, { ...options, signal });
      return makeFetchResponse(response, request.redirect, say('terminated'));
    } catch (error) {
      throw say('fetch failed')(error);
    }
  };
}

/** As the platform's `fetch` fails. A cancel is no failure of the network, and neither is a misuse of the runtime. */
function asTypeError(error: unknown, words: string): unknown {
  if (error instanceof TypeError) return error;
  if (error instanceof CotaskError && !error.code.startsWith('COTASK_HTTP_')) return error;
  return new TypeError(words, { cause: error });
}
