/** Header fields of a response, read: `Content-Disposition` (RFC 6266) and `Link` (RFC 8288). */
import { readParameters, type FieldParameters } from './field-parameters.ts';

/** What a `Content-Disposition` says. */
export interface ContentDisposition {
  /** `inline`, `attachment` or another, in lower case. */
  readonly type: string;
  /** As the server says it: take its last part only, and never as a path. */
  readonly filename: string | null;
  readonly parameters: FieldParameters;
}

/** One link of a `Link` field. */
export interface ResponseLink {
  /** Resolved against the response's URL. */
  readonly url: string;
  /** Its relations in lower case: `next`, `prev`, `stylesheet`. */
  readonly rel: readonly string[];
  readonly parameters: FieldParameters;
}

/** What the field says; null without one, and for one that is broken. */
export function readDisposition(field: string | null): ContentDisposition | null {
  const [start, type] = /^[ \t]*([!#$%&'*+\-.^_`|~\w]+)[ \t]*/u.exec(field ?? '') ?? [];
  if (field === null || start === undefined || type === undefined) return null;
  const read = readParameters(field.slice(start.length));
  if (read === null || read.rest !== '') return null;
  return { type: type.toLowerCase(), filename: read.parameters.get('filename') ?? null, parameters: read.parameters };
}

/** The links of the field by relation, as aiohttp gives them; of two of one relation the first. */
export function readLinks(field: string | null, base: string): ReadonlyMap<string, ResponseLink> {
  const links = new Map<string, ResponseLink>();
  let rest = field ?? '';
  for (;;) {
    const [start, target] = /^[\s,]*<([^>]*)>[ \t]*/u.exec(rest) ?? [];
    if (start === undefined || target === undefined) return links;
    const read = readParameters(rest.slice(start.length));
    if (read === null) return links;
    rest = read.rest;
    const url = URL.parse(target, base)?.href;
    const rel = (read.parameters.get('rel') ?? '')
      .toLowerCase()
      .split(/\s+/u)
      .filter((word) => word !== '');
    if (url !== undefined)
      for (const word of rel) if (!links.has(word)) links.set(word, { url, rel, parameters: read.parameters });
    if (!/^[ \t]*,/u.test(rest)) return links;
  }
}
