/** First in, first out, in constant time: an array's `shift` moves all that is behind it. */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined; // or the array would keep the item alive
    this.#compact();
    return item;
  }

  #compact(): void {
    if (this.#head === this.#items.length) this.#items.length = 0;
    else if (this.#head < 64 || this.#head * 2 < this.#items.length) return;
    else this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
