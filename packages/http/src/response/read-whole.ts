/** Whole bodies as text, JSON or a form. */
import { fromPromise, type GeneratorBody } from 'cotask';
import {
  checkOptions,
  someFunction,
  someText,
  trueOrFalse,
  type OptionRule,
  type OptionRules,
} from '../check-options.ts';
import { decodeText, isJsonType, isKnownEncoding, mediaType } from '../bodies/decode-text.ts';
import { ContentTypeError, InvalidOptionError, UnreadableBodyError, type ResponseFacts } from '../errors/index.ts';
import type { ClientResponse } from './client-response.ts';
import type { ResponseBody } from './response-body.ts';

/** Options of `text()`. */
export interface TextOptions {
  /** Default: the charset of the Content-Type, else the session's `fallbackCharset`. */
  encoding?: string | undefined;
  /** True throws an `UnreadableBodyError` for what cannot be decoded (aiohttp's `errors='strict'`). Default false: U+FFFD. */
  fatal?: boolean | undefined;
}

/** Options of `json()`. */
export interface JsonOptions extends TextOptions {
  /** The media type to insist on; null parses whatever came. Default: application/json, text/json or anything in +json. */
  contentType?: string | null | undefined;
  /** Reads the text (aiohttp's `loads`). Default `JSON.parse`. */
  parse?: ((text: string) => unknown) | undefined;
}

/** The encoding where the server names none, or a function that finds it in the body. */
export type FallbackCharset = string | ((response: ClientResponse, body: Uint8Array) => string);

const textOrNull: OptionRule = (value) => (value === null ? null : someText(value));
const textRules: OptionRules<TextOptions> = { encoding: someText, fatal: trueOrFalse };
const jsonRules: OptionRules<JsonOptions> = { ...textRules, contentType: textOrNull, parse: someFunction };

export function checkTextOptions(options: string | TextOptions | undefined): TextOptions {
  if (options === undefined) return {};
  if (typeof options === 'string') return { encoding: options };
  checkOptions('text()', options, textRules);
  return options;
}

export function checkJsonOptions(options: JsonOptions | undefined): JsonOptions {
  if (options === undefined) return {};
  checkOptions('json()', options, jsonRules);
  return options;
}

/** A response, with its parts that are nobody else's business. */
export interface WholeParts {
  readonly response: ClientResponse;
  readonly body: ResponseBody;
  readonly facts: () => ResponseFacts;
  readonly fallback: FallbackCharset;
}

/** The encoding of the text where no mark in it says otherwise. */
export function encodingOf({ response, fallback }: WholeParts, body: Uint8Array | null): string {
  const { charset } = response;
  if (charset !== null && isKnownEncoding(charset)) return charset;
  if (isJsonType(response.contentType)) return 'utf-8';
  if (typeof fallback === 'string') return fallback;
  if (body === null)
    throw new InvalidOptionError('the encoding is found in the body by fallbackCharset: read the body first');
  return fallback(response, body);
}

/** The whole body decoded. */
export function* readText(parts: WholeParts, { encoding, fatal = false }: TextOptions): GeneratorBody<string> {
  parts.response.refuseCoded();
  const bytes = yield* parts.body.bytes();
  try {
    return decodeText(bytes, encoding ?? null, encodingOf(parts, bytes), fatal);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw unreadable(parts, 'the body is not in its encoding', error);
  }
}

/** The whole body parsed; who asks for a type vouches for it. */
export function* readJson(parts: WholeParts, options: JsonOptions): GeneratorBody<unknown> {
  const { contentType: wanted, parse = (text: string): unknown => JSON.parse(text) } = options;
  const type = parts.response.contentType;
  const fits = wanted === undefined ? isJsonType(type) : wanted === null || type === mediaType(wanted);
  if (!fits) throw new ContentTypeError(parts.body.exchange.line, parts.facts(), type);
  const text = yield* readText(parts, options);
  try {
    return parse(text);
  } catch (error) {
    throw unreadable(parts, 'the body is not JSON', error);
  }
}

/** The whole body as a form. */
export function* readForm(parts: WholeParts): GeneratorBody<FormData> {
  const { response, body } = parts;
  response.refuseCoded();
  const bytes = yield* body.bytes();
  const type = response.header('content-type');
  try {
    const headers: [string, string][] = type === null ? [] : [['content-type', type]];
    return yield* fromPromise(new Response(new Uint8Array(bytes), { headers }).formData());
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw unreadable(parts, 'the body is no form', error);
  }
}

function unreadable({ body: { exchange } }: WholeParts, words: string, cause: unknown): UnreadableBodyError {
  return new UnreadableBodyError(exchange.line, exchange.bytes, words, { cause });
}
