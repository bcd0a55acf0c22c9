/** `gather`, `wait` and `asCompleted` take several awaitables, or one iterable of them and then options. */
import { MisuseError } from '../errors.ts';
import { refuseUnknownOptions } from '../options.ts';
import { isThenable } from '../tasks/awaitable.ts';

/**
 * Tells the list from the options. One awaitable alone is an argument, not a list, although it can be iterated.
 * @throws {MisuseError} `COTASK_NOT_AWAITABLE`, `COTASK_BAD_OPTION`.
 */
export function readArguments<O extends object>(
  what: string,
  args: readonly unknown[],
  known: readonly string[],
  none: O,
): { list: readonly unknown[]; options: O } {
  const [first, second] = args;
  if (args.length === 0 || isThenable(first)) return { list: refuseOptions(what, args, known), options: none };
  if (!isIterable(first) || args.length > 2) throw notAwaitable(what, first);
  return { list: [...first], options: second === undefined ? none : asOptions<O>(what, second, known) };
}

/** Everything is checked before anything is begun. */
export function refuseNonAwaitables(what: string, list: readonly unknown[]): readonly PromiseLike<unknown>[] {
  return list.map((item) => {
    if (!isThenable(item)) throw notAwaitable(what, item);
    return item;
  });
}

function asOptions<O extends object>(what: string, value: unknown, known: readonly string[]): O {
  const options = value as O;
  refuseUnknownOptions(what, options, known);
  return options;
}

/** Options after single arguments are the likeliest slip, so it has words of its own. */
function refuseOptions(what: string, args: readonly unknown[], known: readonly string[]): readonly unknown[] {
  const last = args.at(-1);
  const looksLikeOptions =
    typeof last === 'object' && last !== null && Object.keys(last).some((key) => known.includes(key));
  if (looksLikeOptions && !isThenable(last)) {
    throw new MisuseError(
      'COTASK_BAD_OPTION',
      `the options of ${what} come after a list: ${what.replace('()', '')}([a, b], { ${known.join(', ')} })`,
    );
  }
  return args;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

function notAwaitable(what: string, value: unknown): MisuseError {
  const hint = typeof value === 'function' ? 'call the coroutine function' : 'pass awaitables, or one list of them';
  return new MisuseError(
    'COTASK_NOT_AWAITABLE',
    `${what} got ${typeof value} where it takes something to wait for: ${hint}`,
  );
}
