/** @internal The method that `console.log` of Node, Deno and Bun asks for its text, in place of showing what is inside. */
export const inspected: unique symbol = Symbol.for('nodejs.util.inspect.custom');
