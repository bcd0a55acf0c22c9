/** A response of a session as the platform's `Response`. */
import type { TranslateError } from '../response/body-stream.ts';
import type { ClientResponse } from '../response/client-response.ts';

/** Statuses whose responses have no body; the platform's `Response` refuses one. */
const withoutBody = new Set([101, 103, 204, 205, 304]);
const redirects = new Set([301, 302, 303, 307, 308]);

/** What the platform's `Response` knows only from a `fetch` of its own. */
interface FetchFacts {
  readonly url: string;
  readonly redirected: boolean;
  readonly type: ResponseType;
  readonly status: number;
  readonly ok: boolean;
}

/** The platform's `Response`; errors of its body are thrown as `translate` says them. */
export function makeFetchResponse(
  response: ClientResponse,
  redirect: RequestRedirect,
  translate: TranslateError,
): Response {
  if (redirect === 'error' && redirects.has(response.status) && response.header('location') !== null) {
    response.close();
    throw new TypeError('fetch failed', { cause: new Error(`unexpected redirect, status ${response.status}`) });
  }
  const { status } = response;
  const facts: FetchFacts = {
    url: withoutFragment(response.url),
    redirected: response.history.length > 0,
    type: 'basic',
    status,
    ok: status >= 200 && status < 300,
  };
  return withFacts(new Response(bodyOf(response, translate), initOf(response)), facts);
}

function bodyOf(response: ClientResponse, translate: TranslateError): ReadableStream<Uint8Array<ArrayBuffer>> | null {
  if (response.method === 'HEAD' || withoutBody.has(response.status)) {
    response.release();
    return null;
  }
  try {
    response.refuseCoded();
  } catch (error) {
    response.close();
    throw error;
  }
  return response.streamAs(translate);
}

function initOf({ status, reason, headers }: ClientResponse): ResponseInit {
  // What the constructor refuses (a status of 600, control characters in the reason) a server may send all the same.
  return {
    status: status >= 200 && status < 600 ? status : 200,
    // oxlint-disable-next-line no-control-regex -- the grammar names them
    statusText: /^[\t\x20-\x7e\x80-\xff]*$/u.test(reason) ? reason : '',
    headers,
  };
}

function withFacts(response: Response, facts: FetchFacts): Response {
  const { clone } = response;
  for (const [name, value] of Object.entries(facts)) Object.defineProperty(response, name, { value });
  Object.defineProperty(response, 'clone', { value: () => withFacts(clone.call(response), facts) });
  return response;
}

function withoutFragment(url: string): string {
  const hash = url.indexOf('#');
  return hash < 0 ? url : url.slice(0, hash);
}
