/** Functions that the tests call in threads. */
import { threadSignal, transferred, type Transferred } from '../thread.ts';
import { isMainThread, threadId } from 'node:worker_threads';

/** Memory that both sides of a test see: whether a call has begun, whether it may end, how many have. */
export type Gate = Int32Array<SharedArrayBuffer>;
export const begun = 0;
export const mayEnd = 1;
export const told = 2;

export const makeGate = (): Gate => new Int32Array(new SharedArrayBuffer(12));

/** Opens one of a gate's doors. */
export const open = (gate: Gate, door: number): void => {
  Atomics.add(gate, door, 1);
  Atomics.notify(gate, door);
};

export const add = (a: number, b: number): number => a + b;
export const addLater = async (a: number, b: number): Promise<number> => {
  await new Promise((resolve) => setTimeout(resolve, 1));
  return a + b;
};
export const echo = <T>(value: T): T => value;
export const whereAmI = (): { main: boolean; thread: number } => ({ main: isMainThread, thread: threadId });
export const environment = (name: string): string | undefined => process.env[name];

/** Says that it has begun, and blocks its thread until it may end. */
export const hold = (gate: Gate): string => {
  open(gate, begun);
  Atomics.wait(gate, mayEnd, 0);
  return 'held';
};

/** How many calls have begun before this one. */
export const count = (gate: Gate): number => Atomics.add(gate, begun, 1);

/** Computes for so many milliseconds. */
export const compute = (ms: number): number => {
  const end = performance.now() + ms;
  let rounds = 0;
  while (performance.now() < end) rounds += 1;
  return rounds > 0 ? ms : 0;
};

/** Computes for ever. */
export const spin = (gate: Gate): never => {
  open(gate, begun);
  for (;;) Atomics.load(gate, begun);
};

/** Computes until it is told that nobody wants it any more. */
export const spinUntilTold = (gate: Gate): string => {
  open(gate, begun);
  const signal = threadSignal();
  while (!signal.aborted);
  open(gate, told);
  return 'told';
};

/** Waits until it is told. */
export const waitUntilTold = async (gate: Gate): Promise<string> => {
  const signal = threadSignal();
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve());
  open(gate, begun);
  await promise;
  open(gate, told);
  return String(signal.reason);
};

/** Throws when it is told, and until then does nothing else. */
export const throwWhenTold = (gate: Gate): never => {
  open(gate, begun);
  const signal = threadSignal();
  try {
    for (;;) signal.throwIfAborted();
  } finally {
    open(gate, told);
  }
};

export class BadRecord extends Error {
  override name = 'BadRecord';
  readonly code = 'E_RECORD';
  readonly line = 7;
  readonly retry = (): void => {};
}
export const throwOwn = (): never => {
  throw new BadRecord('line 7 is no record', { cause: new RangeError('a number is too large', { cause: 'a text' }) });
};
export const throwValue = (value: unknown): never => {
  throw value;
};
export const throwTrap = (): never => {
  const error = new Error('trap');
  Object.defineProperty(error, 'code', {
    get: () => {
      throw new Error('sprung');
    },
  });
  throw error;
};
export const throwFunction = (): never => throwValue(echo);
export const throwSeveral = (): never => {
  throw new AggregateError([new TypeError('one'), 'two'], 'both');
};
export const failLater = async (): Promise<never> => {
  await Promise.resolve();
  throw new SyntaxError('not so');
};

export const giveFunction = (): unknown => ({ rows: [{ id: 1 }, { id: 2, show: echo }] });
export const giveProxy = (): unknown => new Proxy({}, {});
export const giveUrl = (): unknown => ({ home: new URL('https://example.org/') });
export const giveMoved = (bytes: number): Transferred<Uint8Array<ArrayBuffer>> => {
  const view = new Uint8Array(bytes).fill(7);
  return transferred(view, [view.buffer]);
};
export const giveMovedWrongly = (): Transferred<number> => {
  const detached = new ArrayBuffer(8);
  structuredClone(detached, { transfer: [detached] });
  return transferred(1, [detached]);
};
export const giveBytes = (): Buffer => Buffer.from('bytes');

export const exit = (code: number): never => process.exit(code);
export const rejectElsewhere = async (): Promise<never> => {
  void Promise.reject(new Error('nobody caught it'));
  return await new Promise<never>(() => {});
};
/** Its call ends well, and what it has left behind fails. */
export const failAfterwards = (): string => {
  setTimeout(() => {
    throw new Error('left behind');
  }, 1);
  return 'well';
};
export const fillMemory = (): never => {
  const kept: object[] = [];
  for (;;) kept.push({ index: kept.length });
};

export const notAFunction: object = { add };
