/** What the compiler knows of calls in threads: names, arguments and results of exports, in both gears. */
import { coroutine, type Coroutine } from 'cotask';
import type * as path from 'node:path';
import type { Transferable } from 'node:worker_threads';
import { expectTypeOf, test } from 'vitest';
import {
  type ThreadArgumentError,
  type ThreadCallError,
  type ThreadExitError,
  type ThreadExportError,
  type ThreadMemoryError,
  type ThreadModule,
  type ThreadModuleError,
  ThreadPool,
  type ThreadPoolClosedError,
  type ThreadQueueFullError,
  type ThreadResultError,
  threadModule,
  toThread,
  type FunctionName,
  type ThreadArguments,
  type ThreadCallFacts,
  type ThreadPoolOptions,
  type ThreadResourceLimits,
  type ThreadResult,
  type ThreadRunOptions,
} from '../index.ts';
import { threadSignal, transferred, type Transferred } from '../thread.ts';

/** A module as a user might have written it. */
interface Hashes {
  digest(data: Uint8Array, algorithm?: 'sha256' | 'md5'): string;
  digestAll(...files: readonly string[]): Promise<Map<string, string>>;
  withCallback(data: string, done: (hash: string) => void): void;
  moved(bytes: number): Transferred<Uint8Array<ArrayBuffer>>;
  movedLater(bytes: number): Promise<Transferred<{ view: DataView }>>;
  buffer(): Buffer;
  coroutine(n: number): Coroutine<bigint>;
  readonly version: string;
}
const url = new URL('./hashes.ts', import.meta.url);
const hashes = threadModule<Hashes>(url);

/** Never called: only its types count. */
const never = (_fn: () => unknown): void => {};

test('a module knows its functions', () => {
  expectTypeOf(hashes).toEqualTypeOf<ThreadModule<Hashes>>();
  expectTypeOf(hashes.url).toBeString();
  expectTypeOf<FunctionName<Hashes>>().toEqualTypeOf<
    'digest' | 'digestAll' | 'withCallback' | 'moved' | 'movedLater' | 'buffer' | 'coroutine'
  >();
  expectTypeOf<ThreadArguments<Hashes, 'digest'>>().toEqualTypeOf<Parameters<Hashes['digest']>>();
  expectTypeOf<ThreadResult<Hashes, 'digest'>>().toBeString();
  expectTypeOf<ThreadResult<Hashes, 'buffer'>>().toEqualTypeOf<Uint8Array<ArrayBuffer>>();
});

test('toThread gives what the export gives, under await and under yield*', () => {
  never(async () => {
    expectTypeOf(toThread(hashes, 'digest', new Uint8Array())).toEqualTypeOf<Coroutine<string>>();
    expectTypeOf(await toThread(hashes, 'digest', new Uint8Array(), 'md5')).toBeString();
    expectTypeOf(await toThread(hashes, 'digestAll', 'a', 'b')).toEqualTypeOf<Map<string, string>>();
    expectTypeOf(await toThread(hashes, 'moved', 1)).toEqualTypeOf<Uint8Array<ArrayBuffer>>();
    expectTypeOf(await toThread(hashes, 'movedLater', 1)).toEqualTypeOf<{ view: DataView }>();
    expectTypeOf(await toThread(hashes, 'coroutine', 1)).toEqualTypeOf<bigint>();
  });
  coroutine(function* () {
    expectTypeOf(yield* toThread(hashes, 'digest', new Uint8Array())).toBeString();
    expectTypeOf(yield* toThread(hashes, 'digestAll')).toEqualTypeOf<Map<string, string>>();
    expectTypeOf(yield* toThread<number>(url, 'anything')).toBeNumber();
  });
});

test('toThread takes the types of a module with its URL, and goes without', () => {
  never(async () => {
    expectTypeOf(await toThread<Hashes, 'digest'>(url, 'digest', new Uint8Array())).toBeString();
    expectTypeOf(await toThread<typeof path, 'basename'>('node:path', 'basename', '/a')).toBeString();
    expectTypeOf(await toThread(url, 'digest', 1, 2)).toBeUnknown();
    expectTypeOf(await toThread<string>(url.href, 'digest', 1)).toBeString();
  });
});

test('what does not fit does not compile', () => {
  never(() => {
    // @ts-expect-error there is no such export
    void toThread(hashes, 'digestt', new Uint8Array());
    // @ts-expect-error it is no function
    void toThread(hashes, 'version');
    // @ts-expect-error an argument is missing
    void toThread(hashes, 'digest');
    // @ts-expect-error an argument is of another type
    void toThread(hashes, 'digest', 'text');
    // @ts-expect-error no function can be copied into a thread
    void toThread(hashes, 'withCallback', 'text', () => {});
    // @ts-expect-error a module is a URL
    void toThread(7, 'digest');
    // @ts-expect-error the arguments are one list
    void new ThreadPool().run(hashes, 'digest', new Uint8Array());
    // @ts-expect-error there is no such option
    void new ThreadPool({ threads: 4 });
  });
});

test('ThreadPool.run is typed as toThread is', () => {
  never(async () => {
    const pool = new ThreadPool();
    expectTypeOf(await pool.run(hashes, 'digest', [new Uint8Array(), 'md5'])).toBeString();
    expectTypeOf(await pool.run<Hashes, 'digest'>(url, 'digest', [new Uint8Array()])).toBeString();
    expectTypeOf(await pool.run<number>(url, 'digest')).toBeNumber();
    expectTypeOf(pool.run(url, 'digest', [1], { graceMs: 5, transfer: [] })).toEqualTypeOf<Coroutine<unknown>>();
    expectTypeOf(pool.close()).toEqualTypeOf<Coroutine<void>>();
    expectTypeOf(pool).toExtend<AsyncDisposable>();
    expectTypeOf([pool.threads, pool.running, pool.waiting]).toEqualTypeOf<number[]>();
    expectTypeOf(pool.closed).toBeBoolean();
  });
});

test('options', () => {
  expectTypeOf<ThreadPoolOptions['maxThreads']>().toEqualTypeOf<number | undefined>();
  expectTypeOf<ThreadPoolOptions['resourceLimits']>().toEqualTypeOf<ThreadResourceLimits | undefined>();
  expectTypeOf<ThreadRunOptions['transfer']>().toEqualTypeOf<readonly Transferable[] | undefined>();
});

test('every error says which call it was', () => {
  expectTypeOf<ThreadCallError>().toExtend<ThreadCallFacts & { code: string }>();
  expectTypeOf<
    | ThreadArgumentError
    | ThreadExitError
    | ThreadExportError
    | ThreadMemoryError
    | ThreadModuleError
    | ThreadPoolClosedError
    | ThreadQueueFullError
    | ThreadResultError
  >().toExtend<ThreadCallError>();
  expectTypeOf<ThreadExitError['exitCode']>().toEqualTypeOf<number | null>();
});

test('in a thread', () => {
  expectTypeOf(threadSignal()).toEqualTypeOf<AbortSignal>();
  expectTypeOf(transferred({ a: 1 }, [])).toEqualTypeOf<Transferred<{ a: number }>>();
});
