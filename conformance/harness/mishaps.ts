/** Errors that programs throw: they stand for a user's own. */

/** An ordinary error. */
export class Boom extends Error {
  override readonly name: string = 'Boom';
}

/** Another ordinary error. */
export class Bang extends Error {
  override readonly name: string = 'Bang';
}

/** What stands outside `Exception` in Python; JavaScript has one kind of error only. */
export class BaseBoom extends Error {
  override readonly name: string = 'BaseBoom';
}

/** Stands for what Python throws on Ctrl-C; here it is an error like others. */
export class KeyboardInterrupt extends Error {
  override readonly name: string = 'KeyboardInterrupt';
}

/** Throws a {@link Boom}, where an expression is needed. */
export function boom(message = 'boom'): never {
  throw new Boom(message);
}
