/** The platform's `Headers` from the fields of a response. */

/** Header fields in the order and case in which they were sent; values are one character a byte (latin-1). */
export type RawHeaders = readonly (readonly [name: string, value: string])[];

/** A `Headers` of the fields; what the platform refuses (a server may send anything) stays in `rawHeaders` only. */
export function makeHeaders(raw: RawHeaders): Headers {
  const headers = new Headers();
  for (const [name, value] of raw) {
    try {
      headers.append(name, value);
    } catch {
      // A control character, perhaps; the parser let it through.
    }
  }
  return headers;
}
