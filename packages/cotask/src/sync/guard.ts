/** What `hold()` gives: released when its block ends. */

/** Releases what it holds, once; made for `using guard = await lock.hold()`. */
export class Guard implements Disposable {
  #release: (() => void) | null;

  /** @internal */
  constructor(release: () => void) {
    this.#release = release;
  }

  /** Releases now; the second call does nothing. For the generator gear and for code without `using`. */
  release(): void {
    const release = this.#release;
    this.#release = null;
    release?.();
  }

  /** Releases, at the end of a block with `using`. */
  [Symbol.dispose](): void {
    this.release();
  }
}
