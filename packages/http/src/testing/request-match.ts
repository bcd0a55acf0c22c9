/** Which requests a rule is for. Everything that is named must fit; what is left out fits anything. */
import { isDeepStrictEqual } from 'node:util';
import {
  anything,
  checkOptions,
  someFunction,
  someObject,
  type OptionRule,
  type OptionRules,
} from '../check-options.ts';
import { InvalidOptionError } from '../errors/index.ts';
import { listParams, type ParamsInput } from '../message/request-url.ts';
import type { SentRequest } from './sent-request.ts';

/** A text that must be the same, a pattern that must match somewhere in it, or a function that looks at it. */
export type TextMatch = string | RegExp | ((text: string) => boolean);

/** Which requests a rule answers. */
export interface RequestMatch {
  /** One method, or several. */
  method?: string | readonly string[] | undefined;
  /** The whole URL with its query; a text is compared as a URL (`https://a.test` is `https://a.test/`). */
  url?: TextMatch | URL | undefined;
  /** Scheme, host and port. */
  origin?: TextMatch | undefined;
  /** The path without the query. */
  path?: TextMatch | undefined;
  /** Parameters of the query, those named only; null must not be there, a list is every value of the name in order. */
  query?: { readonly [name: string]: TextMatch | readonly string[] | null } | undefined;
  /** Header fields, those named only, repeats joined by `, `; null must not be there. */
  headers?: { readonly [name: string]: TextMatch | null } | undefined;
  /** The body, as UTF-8 or as bytes. */
  body?: TextMatch | Uint8Array | undefined;
  /** The body as JSON, equal in value; a function looks at the value. */
  json?: unknown;
  /** The body as a form, with the same pairs in the same order. */
  form?: ParamsInput | undefined;
  /** Whatever else is to hold. */
  where?: ((request: SentRequest) => boolean) | undefined;
}

const textMatch: OptionRule = (value) => (isTextMatch(value) ? null : 'must be a text, a RegExp or a function');
const urlMatch: OptionRule = (value) => (value instanceof URL ? null : textMatch(value));
const bodyMatch: OptionRule = (value) => (value instanceof Uint8Array ? null : textMatch(value));
const someMethods: OptionRule = (value) =>
  typeof value === 'string' || (Array.isArray(value) && value.every((each) => typeof each === 'string'))
    ? null
    : 'must be a method or a list of them';
const matches = (mayBeList: boolean): OptionRule => {
  const fits = (one: unknown): boolean =>
    one === null ||
    isTextMatch(one) ||
    (mayBeList && Array.isArray(one) && one.every((each) => typeof each === 'string'));
  const words = mayBeList
    ? 'must have texts, RegExps, functions, lists of texts or null by name'
    : 'must have texts, RegExps, functions or null by name';
  return (value) => (typeof value === 'object' && value !== null && Object.values(value).every(fits) ? null : words);
};
const pathMatch: OptionRule = (value) =>
  typeof value === 'string' && (value.includes('?') || !value.startsWith('/'))
    ? 'must begin with a slash and have no query (that is for query, or url)'
    : textMatch(value);

const matchRules: OptionRules<RequestMatch> = {
  method: someMethods,
  url: urlMatch,
  origin: textMatch,
  path: pathMatch,
  query: matches(true),
  headers: matches(false),
  body: bodyMatch,
  json: anything,
  form: (value) => (typeof value === 'string' ? null : someObject(value)),
  where: someFunction,
};

function isTextMatch(value: unknown): value is TextMatch {
  return typeof value === 'string' || typeof value === 'function' || value instanceof RegExp;
}

/** A condition on requests, and what to say of one that does not fit. */
interface Condition {
  readonly words: string;
  readonly ofBody: boolean;
  /** What differs, or null. */
  difference(request: SentRequest): string | null;
}

/** A match, checked. */
export class CheckedMatch {
  /** What it asks for, in a few words: `POST /users`. */
  readonly words: string;
  readonly looksAtBody: boolean;
  readonly #conditions: readonly Condition[];

  /** @throws {InvalidOptionError} */
  constructor(match: RequestMatch) {
    checkOptions('intercept()', match, matchRules);
    this.#conditions = listConditions(match);
    this.looksAtBody = this.#conditions.some(({ ofBody }) => ofBody);
    const words = this.#conditions.map((condition) => condition.words);
    this.words = words.length === 0 ? 'any request' : words.join(' ');
  }

  /** What of the request does not fit, one reason each. */
  differences(request: SentRequest): string[] {
    return this.#conditions.map((condition) => condition.difference(request)).filter((each) => each !== null);
  }
}

function listConditions(match: RequestMatch): Condition[] {
  const { method, url, origin, path, query, headers, body, json, form, where } = match;
  const conditions: Condition[] = [];
  if (method !== undefined) conditions.push(ofMethod(typeof method === 'string' ? [method] : method));
  if (url !== undefined) conditions.push(ofText('URL', normalUrl(url), (request) => request.url));
  if (origin !== undefined) conditions.push(ofText('origin', origin, (request) => request.origin));
  if (path !== undefined) conditions.push(ofText('path', path, (request) => request.path));
  for (const [name, wanted] of Object.entries(query ?? {})) conditions.push(ofParameter(name, wanted));
  for (const [name, wanted] of Object.entries(headers ?? {}))
    conditions.push(ofText(`header ${name.toLowerCase()}`, wanted, (request) => request.headers.get(name)));
  if (body !== undefined) conditions.push(body instanceof Uint8Array ? ofBytes(body) : ofBodyText(body));
  if (json !== undefined) conditions.push(ofJson(json));
  if (form !== undefined) conditions.push(ofForm(form));
  if (where !== undefined) conditions.push(ofFunction(where));
  return conditions;
}

function normalUrl(url: TextMatch | URL): TextMatch {
  if (url instanceof URL) return url.href;
  if (typeof url !== 'string') return url;
  if (!URL.canParse(url))
    throw new InvalidOptionError(`intercept(): url must be a whole URL, got ${JSON.stringify(url)}; use path`);
  return new URL(url).href;
}

function ofMethod(methods: readonly string[]): Condition {
  const words = methods.map((method) => method.toUpperCase());
  return {
    words: words.join('|'),
    ofBody: false,
    difference: ({ method }) => (words.includes(method) ? null : `the method is ${method}, not ${words.join(' or ')}`),
  };
}

function ofText(what: string, wanted: TextMatch | null, read: (request: SentRequest) => string | null): Condition {
  const short = what === 'URL' || what === 'path' || what === 'origin';
  return {
    words: short ? show(wanted) : `${what} ${show(wanted)}`,
    ofBody: what === 'body',
    difference: (request) => {
      const text = read(request);
      return fits(text, wanted)
        ? null
        : `the ${what} ${text === null ? 'is missing' : `is ${cut(text)}`}${notThat(wanted)}`;
    },
  };
}

function ofBodyText(wanted: TextMatch): Condition {
  return ofText('body', wanted, (request) => request.text);
}

function ofBytes(wanted: Uint8Array): Condition {
  return {
    words: `body of ${wanted.byteLength} bytes`,
    ofBody: true,
    difference: ({ body }) =>
      Buffer.compare(body, wanted) === 0 ? null : `the body is another one, of ${body.byteLength} bytes`,
  };
}

function ofParameter(name: string, wanted: TextMatch | readonly string[] | null): Condition {
  if (!isList(wanted)) return ofText(`parameter ${name}`, wanted, ({ query }) => query.get(name));
  const words = JSON.stringify(wanted);
  return {
    words: `parameter ${name} ${words}`,
    ofBody: false,
    difference: ({ query }) => {
      const values = query.getAll(name);
      return isDeepStrictEqual(values, [...wanted])
        ? null
        : `the parameter ${name} is ${JSON.stringify(values)}, not ${words}`;
    },
  };
}

function isList(value: TextMatch | readonly string[] | null): value is readonly string[] {
  return Array.isArray(value);
}

function ofJson(wanted: unknown): Condition {
  const words = typeof wanted === 'function' ? 'as the function asks' : cut(JSON.stringify(wanted) ?? 'undefined');
  return {
    words: `json ${words}`,
    ofBody: true,
    difference: (request) => {
      const value = jsonOf(request);
      if (value === null) return `the body is no JSON: ${cut(request.text)}`;
      const same = typeof wanted === 'function' ? wanted(value.json) === true : isDeepStrictEqual(value.json, wanted);
      return same ? null : `the JSON is ${cut(JSON.stringify(value.json))}, not ${words}`;
    },
  };
}

function jsonOf(request: SentRequest): { readonly json: unknown } | null {
  try {
    return { json: request.json() };
  } catch {
    return null;
  }
}

function ofForm(form: ParamsInput): Condition {
  const pairs = listParams(form, 'form').map(([name, value]): [string, string] => [name, value]);
  const wanted = new URLSearchParams(pairs).toString();
  return {
    words: `form ${cut(wanted)}`,
    ofBody: true,
    difference: ({ text }) =>
      new URLSearchParams(text).toString() === wanted ? null : `the form is ${cut(text)}, not ${cut(wanted)}`,
  };
}

function ofFunction(where: (request: SentRequest) => boolean): Condition {
  return {
    words: 'where …',
    ofBody: true,
    difference: (request) => (where(request) ? null : 'the function where says no'),
  };
}

function fits(text: string | null, wanted: TextMatch | null): boolean {
  if (wanted === null || text === null) return text === wanted;
  if (typeof wanted === 'string') return text === wanted;
  if (typeof wanted === 'function') return wanted(text);
  // A pattern with the flag g or y remembers where it stopped.
  wanted.lastIndex = 0;
  return wanted.test(text);
}

function show(wanted: TextMatch | null): string {
  if (wanted === null) return 'missing';
  return typeof wanted === 'function' ? 'as a function asks' : cut(String(wanted));
}

function notThat(wanted: TextMatch | null): string {
  if (wanted === null) return ', and must not be there';
  if (typeof wanted === 'function') return ', to which its function says no';
  return wanted instanceof RegExp ? `, which ${cut(String(wanted))} does not match` : `, not ${cut(wanted)}`;
}

function cut(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
