/** The method that `console.log` of Node, Deno and Bun asks for its text, in place of showing what is inside. */
const inspected: symbol = Symbol.for('nodejs.util.inspect.custom');

function asText(this: { toString(): string }): string {
  return this.toString();
}

/** @internal What the console shows of such objects is what `toString()` says. */
export function printAsText(prototype: object): void {
  Object.defineProperty(prototype, inspected, { value: asText });
}
