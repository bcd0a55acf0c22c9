/** Digest authentication (RFC 7616) as a middleware (aiohttp's `DigestAuthMiddleware`). */
import { createHash, randomBytes } from 'node:crypto';
import type { GeneratorBody } from 'cotask';
import { checkOptions, someText, type OptionRule } from '../check-options.ts';
import type { ClientRequest } from '../request/client-request.ts';
import type { ClientResponse } from '../response/client-response.ts';
import { InvalidOptionError } from '../errors/index.ts';
import { readParameters, type FieldParameters } from '../message/field-parameters.ts';
import type { ClientMiddleware, NextRequest } from '../request/middleware.ts';

/** Who asks. */
export interface DigestCredentials {
  readonly username: string;
  readonly password: string;
}

/** What a server wants to be answered. @internal */
export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | null;
  /** As the server writes it; null for none, which is MD5. */
  readonly algorithm: string | null;
  readonly qop: 'auth' | 'auth-int' | null;
}

/** What is answered, beside the challenge. @internal */
export interface DigestFacts extends DigestCredentials {
  readonly method: string;
  /** Path and query. */
  readonly uri: string;
  readonly count: number;
  readonly cnonce: string;
  readonly body: Uint8Array;
}

const hashes = new Map([
  ['MD5', 'md5'],
  ['SHA', 'sha1'],
  ['SHA-256', 'sha256'],
  ['SHA-512-256', 'sha512-256'],
  ['SHA-512', 'sha512'],
]);

/** Origins whose challenge is kept, the one answered last at the end. */
const mostChallenges = 100;

const anyText: OptionRule = (value) => (typeof value === 'string' ? null : 'must be a text');

/**
 * A middleware that answers a digest challenge, once a hop, and from then on answers ahead for that origin. With `origin` the
 * credentials are for that origin alone; without it, for the first that challenges.
 *
 * @throws {InvalidOptionError} for credentials that cannot be.
 */
export function digestAuth(options: DigestCredentials & { readonly origin?: string | undefined }): ClientMiddleware {
  checkOptions('digestAuth()', options, { username: anyText, password: anyText, origin: someText });
  if (options.username === undefined || options.password === undefined || options.username.includes(':'))
    throw new InvalidOptionError('digestAuth() takes a username without a colon, and a password');
  const auth = new DigestAuth(options, options.origin === undefined ? null : new URL(options.origin).origin);
  return (request, next) => auth.send(request, next);
}

/** A challenge, and how often its nonce was answered. */
interface KeptChallenge {
  readonly challenge: DigestChallenge;
  count: number;
  /** It was answered, and the answer was looked at: others may answer ahead. */
  answered: boolean;
  /** Named by a response as the next one: it may be good for one request. */
  once: boolean;
}

class DigestAuth {
  readonly #credentials: DigestCredentials;
  #origin: string | null;
  readonly #challenges = new Map<string, KeptChallenge>();

  constructor(credentials: DigestCredentials, origin: string | null) {
    this.#credentials = credentials;
    this.#origin = origin;
  }

  *send(request: ClientRequest, next: NextRequest): GeneratorBody<ClientResponse> {
    if (request.headers.has('authorization') || (this.#origin !== null && request.origin !== this.#origin))
      return yield* next(request);
    const ahead = this.#take(request.origin);
    if (ahead !== null) yield* this.#answer(request, ahead);
    const response = yield* next(request);
    if (response.status !== 401) return this.#learn(request.origin, ahead, response);
    const challenge = request.replayable ? readChallenge(response.headers.get('www-authenticate')) : null;
    // The same nonce again: the credentials are wrong, and asking for ever would not make them right.
    if (challenge === null || challenge.nonce === ahead?.challenge.nonce) return response;
    this.#origin ??= request.origin;
    const fresh = this.#keep(request.origin, challenge);
    yield* this.#answer(request, fresh);
    return this.#learn(request.origin, fresh, yield* next(request));
  }

  /** What can be answered ahead. A nonce for one request is out of the others' reach until the response says more. */
  #take(origin: string): KeptChallenge | null {
    const known = this.#challenges.get(origin);
    if (known === undefined || !known.answered) return null;
    if (known.once) this.#challenges.delete(origin);
    return known;
  }

  *#answer(request: ClientRequest, kept: KeptChallenge): GeneratorBody<void> {
    const { challenge } = kept;
    kept.count += 1;
    const { count } = kept;
    const { pathname, search } = new URL(request.url);
    const body = challenge.qop === 'auth-int' ? yield* request.bytes() : new Uint8Array(0);
    const { method } = request;
    const cnonce = randomBytes(16).toString('hex');
    const facts = { ...this.#credentials, method, uri: pathname + search, count, cnonce, body };
    request.headers.set('authorization', digestField(challenge, facts));
  }

  /** A response names the nonce to go on with (RFC 7616, 3.5), or the one that was answered goes on. */
  #learn(origin: string, used: KeptChallenge | null, response: ClientResponse): ClientResponse {
    if (used === null) return response;
    used.answered = true;
    const nonce = listParameters(response.headers.get('authentication-info') ?? '').get('nextnonce');
    if (nonce !== undefined)
      Object.assign(this.#keep(origin, { ...used.challenge, nonce }), { answered: true, once: true });
    else if (used.once && response.status !== 401) this.#goOn(origin, used);
    return response;
  }

  #goOn(origin: string, used: KeptChallenge): void {
    used.once = false;
    if (!this.#challenges.has(origin)) this.#challenges.set(origin, used);
  }

  /** A server may give one nonce to several who ask at once: they count on together. */
  #keep(origin: string, challenge: DigestChallenge): KeptChallenge {
    const known = this.#challenges.get(origin);
    this.#challenges.delete(origin);
    const same = known?.challenge.nonce === challenge.nonce;
    const kept = same ? known : { challenge, count: 0, answered: false, once: false };
    this.#challenges.set(origin, kept);
    const [oldest] = this.#challenges.keys();
    if (this.#challenges.size > mostChallenges && oldest !== undefined) this.#challenges.delete(oldest);
    return kept;
  }
}

/** The first digest challenge of the field that can be answered; null without one. @internal */
export function readChallenge(field: string | null): DigestChallenge | null {
  for (const { index } of (field ?? '').matchAll(/(?:^|,)\s*digest\s+/giu)) {
    const text = (field ?? '').slice(index).replace(/^,?\s*digest\s+/iu, '');
    const found = challengeOf(listParameters(text));
    if (found !== null) return found;
  }
  return null;
}

/** The parameters of a challenge stand between commas; those of the next scheme end them. */
function listParameters(text: string): FieldParameters {
  const parameters = new Map<string, string>();
  for (let rest = `;${text}`; ; rest = `;${rest.slice(1)}`) {
    const read = readParameters(rest);
    if (read === null) return parameters;
    for (const [name, value] of read.parameters) if (!parameters.has(name)) parameters.set(name, value);
    rest = read.rest;
    if (!rest.startsWith(',') || !/^,\s*[\w-]+\s*=/u.test(rest)) return parameters;
  }
}

function challengeOf(parameters: FieldParameters): DigestChallenge | null {
  const [realm, nonce, algorithm = null] = ['realm', 'nonce', 'algorithm'].map((name) => parameters.get(name));
  if (realm === undefined || nonce === undefined || hashOf(algorithm) === null) return null;
  const offered = parameters.get('qop')?.split(/[\s,]+/u);
  const qop = offered === undefined ? null : (['auth', 'auth-int'] as const).find((one) => offered.includes(one));
  if (qop === undefined) return null;
  return { realm, nonce, opaque: parameters.get('opaque') ?? null, algorithm, qop };
}

function hashOf(algorithm: string | null): string | null {
  return hashes.get((algorithm ?? 'MD5').toUpperCase().replace(/-SESS$/u, '')) ?? null;
}

/** The value of `authorization` that answers the challenge. @internal */
export function digestField(challenge: DigestChallenge, facts: DigestFacts): string {
  const { realm, nonce, opaque, algorithm, qop } = challenge;
  const { username, uri, cnonce } = facts;
  const count = facts.count.toString(16).padStart(8, '0');
  const quoted = Object.entries({ username, realm, nonce, uri, response: responseOf(challenge, facts, count) }).map(
    ([name, value]) => `${name}="${value.replaceAll(/["\\]/gu, '\\$&')}"`,
  );
  if (opaque !== null) quoted.push(`opaque="${opaque.replaceAll(/["\\]/gu, '\\$&')}"`);
  if (algorithm !== null) quoted.push(`algorithm=${algorithm}`);
  if (qop !== null) quoted.push(`qop=${qop}`, `nc=${count}`);
  if (qop !== null || isSession(algorithm)) quoted.push(`cnonce="${cnonce}"`);
  return Buffer.from(`Digest ${quoted.join(', ')}`, 'utf8').toString('latin1');
}

function isSession(algorithm: string | null): boolean {
  return (algorithm ?? '').toUpperCase().endsWith('-SESS');
}

function responseOf({ realm, nonce, algorithm, qop }: DigestChallenge, facts: DigestFacts, count: string): string {
  const { username, password, method, uri, cnonce, body } = facts;
  const hash = (data: string | Uint8Array): string =>
    createHash(hashOf(algorithm) ?? 'md5')
      .update(data)
      .digest('hex');
  const plain = hash(`${username}:${realm}:${password}`);
  const secret = isSession(algorithm) ? hash(`${plain}:${nonce}:${cnonce}`) : plain;
  const asked = hash(qop === 'auth-int' ? `${method}:${uri}:${hash(body)}` : `${method}:${uri}`);
  return hash(qop === null ? `${secret}:${nonce}:${asked}` : `${secret}:${nonce}:${count}:${cnonce}:${qop}:${asked}`);
}
