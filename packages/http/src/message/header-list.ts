/** The header fields of a request that a middleware may change. */
import { checkFields, checkHeader, type HeaderFields } from './request-headers.ts';

/**
 * Header fields of a request on its way through the middlewares: in order, names in lower case, repeats kept. What cannot
 * be sent is refused when it is set.
 */
export class HeaderList implements Iterable<readonly [name: string, value: string]> {
  #fields: HeaderFields;

  /** @internal */
  constructor(fields: HeaderFields) {
    this.#fields = fields;
  }

  /** @internal The fields as they stand; the list is not changed in place. */
  get fields(): HeaderFields {
    return this.#fields;
  }

  /** The field's value, repeats joined by `, `; null without it. */
  get(name: string): string | null {
    const values = this.getAll(name);
    return values.length === 0 ? null : values.join(', ');
  }

  /** Every value of the field, in order. */
  getAll(name: string): string[] {
    const wanted = name.toLowerCase();
    return this.#fields.filter(([known]) => known === wanted).map(([, value]) => value);
  }

  has(name: string): boolean {
    const wanted = name.toLowerCase();
    return this.#fields.some(([known]) => known === wanted);
  }

  /**
   * Sets the field in place of every line of that name.
   * @throws {InvalidOptionError} for what cannot be sent: a line end, a name that is none, a header of the connection.
   */
  set(name: string, value: string | number): void {
    const [lower, text] = checkHeader(name, value);
    this.#fields = [...this.#fields.filter(([known]) => known !== lower), [lower, text]];
  }

  /**
   * Adds a line, beside those of that name.
   * @throws {InvalidOptionError} as `set` does, and for a second line of what must stand once.
   */
  append(name: string, value: string | number): void {
    const fields = [...this.#fields, checkHeader(name, value)];
    checkFields(fields);
    this.#fields = fields;
  }

  /** Takes every line of that name out; true when there was one. */
  delete(name: string): boolean {
    const wanted = name.toLowerCase();
    const before = this.#fields;
    this.#fields = before.filter(([known]) => known !== wanted);
    return this.#fields.length < before.length;
  }

  /** The fields, first to last. */
  [Symbol.iterator](): Iterator<readonly [name: string, value: string]> {
    return this.#fields[Symbol.iterator]();
  }
}
