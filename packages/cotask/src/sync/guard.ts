/** What `hold()` gives: released when its block ends. */

/** Releases what it holds, once; made for `using guard = await lock.hold()`. */
export class Guard implements Disposable {
  #held: { release(): void } | null;

  /** @internal */
  constructor(held: { release(): void }) {
    this.#held = held;
  }

  /** Releases now; the second call does nothing. For the generator gear and for code without `using`. */
  release(): void {
    const held = this.#held;
    this.#held = null;
    held?.release();
  }

  /** Releases, at the end of a block with `using`. */
  [Symbol.dispose](): void {
    this.release();
  }
}
