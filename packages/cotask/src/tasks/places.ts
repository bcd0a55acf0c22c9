/** Where in the user's program something was made. Known in debug mode alone, because a stack costs microseconds. */

/** V8 reads it when an error is made. */
const stacks: ErrorConstructor & { stackTraceLimit?: number | undefined } = Error;
/** The runtime's own frames come first. */
const frames = 30;
const runtime = /[/\\](?:cotask[/\\](?:src|dist)|node_modules[/\\](?:cotask|@cotask))[/\\](?!.*\.test\.)/;

let places: WeakMap<object, Error> | null = null;

/** Debug mode begins to remember places. */
export function rememberPlaces(): void {
  places ??= new WeakMap();
}

/** The stack of this call, to be read when somebody wants to know. */
export function captureStack(): Error {
  const limit = stacks.stackTraceLimit;
  stacks.stackTraceLimit = frames;
  try {
    return new Error('made here');
  } finally {
    stacks.stackTraceLimit = limit;
  }
}

/** In debug mode, remembers that `thing` was made here. */
export function notePlace(thing: object, stack: Error = captureStack()): void {
  places?.set(thing, stack);
}

/** The stack at which `thing` was made. */
export function stackOfMaking(thing: object): Error | null {
  return places?.get(thing) ?? null;
}

/** The line on which `thing` was made, or null where that is not known. */
export function placeOf(thing: object): string | null {
  const made = places?.get(thing);
  return made === undefined ? null : lineOf(made);
}

/** The stack at which `thing` was made, from the user's first frame on, as a report has it. */
export function tracebackOf(thing: object): { sourceTraceback?: string } {
  const made = places?.get(thing);
  return made === undefined ? {} : { sourceTraceback: userFrames(made).join('\n') };
}

/** The first line of a stack that is not the runtime's own: `file:line:column`. */
export function lineOf(stack: Error): string | null {
  return readFrames(stack)[0]?.at ?? null;
}

/** A call on a stack. */
export interface Frame {
  /** The function. */
  readonly what: string;
  /** `file:line:column`. */
  readonly at: string;
}

/** The user's calls on the stack at which `thing` was made, innermost first; none where that is not known. */
export function framesOf(thing: object): Frame[] {
  const made = places?.get(thing);
  return made === undefined ? [] : readFrames(made);
}

/** The user's calls on a stack, innermost first. */
export function readFrames(stack: Error): Frame[] {
  return userFrames(stack).map((line) => {
    const [, what, at] = /^ *at (?:(?:async )?(.*?) \()?(.*?)\)?$/.exec(line) ?? [];
    return { what: what ?? 'the program', at: (at ?? line).replace(/^async /, '') };
  });
}

function userFrames(stack: Error): string[] {
  const lines = (stack.stack ?? '').split('\n').slice(1);
  return lines.filter(
    (line) => !runtime.test(line) && !/\((?:node:|ext:|native)|at (?:async )?(?:node|ext):|\(<anonymous>\)/.test(line),
  );
}
