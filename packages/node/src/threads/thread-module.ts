/** Which module a thread loads: its URL, and what it exports. */
import { MisuseError } from 'cotask';

/** A module for threads that knows its types: {@link threadModule} makes it. */
export class ThreadModule<M extends object> {
  /** Its URL. */
  readonly url: string;
  /** Its exports; only the compiler knows them. */
  declare readonly types?: M;

  /** @throws {MisuseError} `COTASK_THREAD_URL` for what is no URL of a module. */
  constructor(url: URL | string) {
    this.url = checkedUrl(url);
  }
}

/**
 * A module whose functions are called in threads, with its types: so names, arguments and results of `toThread` and
 * `ThreadPool.run` are checked. The module is loaded in the threads only.
 *
 * @example
 * ```ts
 * import { run } from 'cotask';
 * import { threadModule, toThread } from '@cotask/node';
 *
 * const zlib = threadModule<typeof import('node:zlib')>('node:zlib');
 * const packed = await run(toThread(zlib, 'gzipSync', 'the same words, '.repeat(1000)));
 * console.log(packed.length < 200); // true
 * ```
 * @throws {MisuseError} `COTASK_THREAD_URL` for what is no URL of a module.
 */
export function threadModule<M extends object>(url: URL | string): ThreadModule<M> {
  return new ThreadModule<M>(url);
}

const schemes = ['file:', 'data:', 'node:'];

/** The URL of a module, in text; refuses paths and names of packages, which would mean something else in another file. */
export function checkedUrl(module: unknown): string {
  if (module instanceof ThreadModule) return module.url;
  if (!(module instanceof URL) && typeof module !== 'string') throw badUrl(`got ${typeof module}`);
  const text = String(module);
  if (schemes.some((scheme) => text.startsWith(scheme)) && URL.canParse(text)) return text;
  throw badUrl(`got "${text}": ${howTo(text)}`);
}

function howTo(text: string): string {
  if (/^\.{0,2}[\\/]|^[a-z]:[\\/]/i.test(text))
    return `pass new URL(${JSON.stringify(text)}, import.meta.url) for a file beside yours, pathToFileURL() for another`;
  if (URL.canParse(text)) return 'Node loads modules from file:, data: and node: alone';
  return `pass import.meta.resolve(${JSON.stringify(text)}) for a package, new URL(${JSON.stringify(`./${text}`)}, import.meta.url) for a file`;
}

function badUrl(what: string): MisuseError {
  return new MisuseError('COTASK_THREAD_URL', `the module for a thread is the URL of a module, ${what}`);
}
