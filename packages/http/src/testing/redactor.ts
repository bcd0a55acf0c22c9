/**
 * Takes secrets out of what is to be written to a file. A value that stands at a place of secrets is removed there, and
 * wherever else it occurs: a server may echo a token in a path, a text, a cookie of another name.
 */
import type { RawHeaders } from '../make-headers.ts';
import { cleanJson, redactJson } from './redact-json.ts';
import { SecretNames, type SecretName } from './secret-names.ts';

/** What stands in place of a secret. */
const mark = 'REDACTED';

/** What a text that may hold secrets is a part of. */
export type RedactedPlace = 'url' | 'header' | 'body' | 'error';

/** Takes more out of a text: what it returns is written. */
export type RedactFunction = (text: string, place: RedactedPlace) => string;

/** Shorter values are words of every text. */
const leastBytes = 6;
/** A boundary of a multipart body is another one each time. */
const fixedBoundary = 'cotask-boundary';

const urlFields = new Set(['location', 'content-location', 'referer', 'origin']);

/** Takes secrets out of URLs, header fields and bodies, and remembers them. */
export class Redactor {
  readonly #names: SecretNames;
  readonly #own: RedactFunction | null;
  /** In all the ways in which they are written. */
  readonly #known = new Set<string>();

  readonly #remembers: boolean;

  /** One that does not remember removes secrets at their places only: for a request that is compared with a recorded one. */
  constructor(names: readonly SecretName[], own: RedactFunction | null, remembers: boolean) {
    this.#names = new SecretNames(names);
    this.#own = own;
    this.#remembers = remembers;
  }

  /** Learns what a request's or response's places hold, before anything of it is redacted. */
  learn(url: string | null, headers: RawHeaders, body: string | null): void {
    if (url !== null) this.#url(url);
    this.#fields(headers);
    if (body !== null) this.#body(body, contentType(headers));
  }

  url(url: string): string {
    return this.#finish(this.#url(url), 'url');
  }

  headers(headers: RawHeaders): RawHeaders {
    return this.#fields(headers).map(([name, value]) => [name, this.#finish(value, 'header')]);
  }

  /** `text` is one character a byte where it is no UTF-8. */
  body(text: string, headers: RawHeaders): string {
    const clean = this.again(this.#body(text, contentType(headers)));
    return this.#own === null ? clean : this.#own(clean, 'body');
  }

  error(text: string): string {
    return this.#finish(this.#text(text), 'error');
  }

  /** A text or a body that was redacted before, with what was learned since. JSON stays JSON. */
  again(text: string): string {
    return cleanJson(text, (part) => this.#scrub(part)) ?? this.#scrub(text);
  }

  #finish(text: string, place: RedactedPlace): string {
    const clean = this.#scrub(text);
    return this.#own === null ? clean : this.#own(clean, place);
  }

  #remember(secret: string): void {
    if (!this.#remembers || Buffer.byteLength(secret) < leastBytes || secret === mark) return;
    // "password", as a password, is a word of every text.
    if (/^[a-z]{1,12}$/iu.test(secret) && this.#names.has(secret)) return;
    const bytes = Buffer.from(secret).toString('latin1');
    for (const form of [secret, bytes, encodeURIComponent(secret.toWellFormed()), formEncoded(secret), quoted(secret)])
      if (!mark.includes(form)) this.#known.add(form);
  }

  #scrub(text: string): string {
    let clean = text;
    // The longest first: one may be a part of another.
    for (const secret of [...this.#known].toSorted((a, b) => b.length - a.length))
      if (clean.includes(secret)) clean = clean.replaceAll(secret, mark);
    return clean;
  }

  // ---- URLs ------------------------------------------------------------------------------------------------------

  #url(url: string): string {
    const [, before = '', query = '', fragment = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/su.exec(url) ?? [];
    return this.#userinfo(before) + this.#pairs(query) + this.#pairs(fragment);
  }

  #userinfo(text: string): string {
    return text.replace(/^([a-z][a-z0-9+.-]*:)?\/\/([^/]*)@/iu, (_, scheme: string | undefined, userinfo: string) => {
      const [, password = ''] = /:(.*)$/su.exec(userinfo) ?? [];
      this.#rememberEncoded(password === '' ? userinfo : password);
      return `${scheme ?? ''}//${mark}@`;
    });
  }

  /** A query, a fragment, a form: names and values. */
  #pairs(text: string): string {
    return text.replaceAll(/(?<![^?#&;])([^?#&;=]+)=([^&;]*)/gu, (whole, name: string, value: string) => {
      if (value === '') return whole;
      if (!this.#names.hasParameter(decoded(name))) return `${name}=${this.#nested(value)}`;
      this.#rememberEncoded(value);
      return `${name}=${mark}`;
    });
  }

  /** A value that is a URL, or a form, itself. */
  #nested(value: string): string {
    const plain = decoded(value);
    if (plain === value || !/[?#&/].*=/su.test(plain)) return value;
    const clean = this.#url(plain);
    return clean === plain ? value : encodeURIComponent(clean.toWellFormed());
  }

  #rememberEncoded(value: string): void {
    this.#remember(value);
    this.#remember(decoded(value));
  }

  // ---- header fields ---------------------------------------------------------------------------------------------

  #fields(headers: RawHeaders): RawHeaders {
    return headers.map(([name, value]) => [name, this.#field(name.toLowerCase(), value)]);
  }

  #field(name: string, value: string): string {
    if (name === 'cookie')
      return value.replaceAll(/([^=;]+)=([^;]*)/gu, (_, key: string, kept: string) => this.#cookie(key, kept));
    if (name === 'set-cookie')
      return value.replace(/^([^=;]*)=([^;]*)/u, (_, key: string, kept: string) => this.#cookie(key, kept));
    if (name === 'authorization' || name === 'proxy-authorization') return this.#authorization(value);
    if (name === 'content-type') return value.replace(/(boundary=)("[^"]*"|[^;\s]*)/iu, `$1${fixedBoundary}`);
    if (urlFields.has(name)) return this.#url(value);
    if (!this.#names.has(name)) return this.#text(value);
    this.#remember(value);
    return mark;
  }

  #cookie(key: string, value: string): string {
    if (value === '') return `${key}=`;
    this.#rememberEncoded(value.replaceAll(/^"|"$/gu, ''));
    return `${key}=${mark}`;
  }

  #authorization(value: string): string {
    const [, scheme = '', given = ''] = /^(\S+)\s+(.*)$/su.exec(value) ?? [];
    this.#remember(given === '' ? value : given);
    if (scheme.toLowerCase() === 'basic') this.#basic(given);
    return given === '' ? mark : `${scheme} ${mark}`;
  }

  #basic(given: string): void {
    for (const encoding of ['utf8', 'latin1'] as const) {
      const [, password = ''] = /:(.*)$/su.exec(Buffer.from(given, 'base64').toString(encoding)) ?? [];
      this.#remember(password);
    }
  }

  // ---- bodies ----------------------------------------------------------------------------------------------------

  #body(text: string, type: string): string {
    if (/^multipart\//iu.test(type)) return this.#multipart(text, type);
    if (/x-www-form-urlencoded/iu.test(type)) return this.#pairs(text);
    return this.#text(text);
  }

  #text(text: string): string {
    if (/^\s*[[{"]/u.test(text)) return this.#links(this.#json(text));
    const lines = text.replaceAll(/[[{].*/gu, (rest) => this.#json(rest));
    return this.#links(this.#elements(this.#assignments(lines)));
  }

  #json(text: string): string {
    return redactJson(text, this.#names, mark, (secret) => this.#remember(secret));
  }

  /** URLs within a text. */
  #links(text: string): string {
    const withoutUsers = text.replaceAll(/\/\/([^\s/?#@"'<>\\]+)@/gu, (_, userinfo: string) => {
      this.#rememberEncoded(/:(.+)$/su.exec(userinfo)?.[1] ?? userinfo);
      return `//${mark}@`;
    });
    return withoutUsers.replaceAll(
      /([?&#])([\w.%[\]-]{1,128})=([^\s&#"'<>\\]+)/gu,
      (whole, sign: string, name: string, value: string) => {
        if (!this.#names.hasParameter(decoded(name))) return whole;
        this.#rememberEncoded(value);
        return `${sign}${name}=${mark}`;
      },
    );
  }

  /** `token=…`, `password: …`, `Authorization: Bearer …` in any text. */
  #assignments(text: string): string {
    const assignment =
      /(?<![\w.-])([\w.-]{1,128})(\s?[:=]\s?)("[^"]*"|'[^']*'|(?:(?:bearer|basic|token)\s+)?[^\s&;,"'<>]+)/giu;
    return text.replaceAll(assignment, (whole, name: string, sign: string, value: string) => {
      if (!this.#names.has(name)) return whole;
      this.#rememberEncoded(value.replaceAll(/^["']|["']$|^(?:bearer|basic|token)\s+/giu, ''));
      return `${name}${sign}${mark}`;
    });
  }

  /** `<password>…</password>`. */
  #elements(text: string): string {
    return text.replaceAll(
      /<([\w:.-]{1,128})((?:\s[^<>]{0,1000})?)>([^<>]+)<\/\1>/gu,
      (whole, name: string, attributes: string, value: string) => {
        if (!this.#names.has(name)) return whole;
        this.#remember(value.trim());
        return `<${name}${attributes}>${mark}</${name}>`;
      },
    );
  }

  #multipart(text: string, type: string): string {
    const [, quotedOne, plainOne] = /boundary=(?:"([^"]*)"|([^;\s]*))/iu.exec(type) ?? [];
    const boundary = quotedOne ?? plainOne ?? '';
    if (boundary === '') return this.#text(text);
    return text
      .split(`--${boundary}`)
      .map((part) => this.#part(part))
      .join(`--${fixedBoundary}`);
  }

  #part(part: string): string {
    const [, head = '', content = '', end = ''] = /^(\r\n(?:[^\r\n]+\r\n)*\r\n)(.*)(\r\n)$/su.exec(part) ?? [];
    if (head === '') return part;
    const [, name = ''] = /\bname="([^"]*)"/iu.exec(head) ?? [];
    if (!this.#names.hasParameter(name)) return head + this.#text(content) + end;
    this.#remember(content);
    return `${head}${mark}${end}`;
  }
}

function contentType(headers: RawHeaders): string {
  return headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}

function quoted(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** True where `recorded`, in which secrets are marked, is what `sent` is: anything may stand in place of a mark. */
export function fitsRedacted(recorded: string, sent: string): boolean {
  if (recorded === sent) return true;
  const parts = recorded.split(mark);
  const [first = ''] = parts;
  const last = parts.at(-1) ?? '';
  if (parts.length === 1 || !sent.startsWith(first) || !sent.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = sent.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at + last.length <= sent.length;
}
