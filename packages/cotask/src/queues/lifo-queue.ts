/** The newest item first (asyncio's `LifoQueue`). */
import { Queue } from './queue.ts';
import type { ItemStore, QueueOptions } from './queue.ts';

/** A queue that gives the item that was put last. */
export class LifoQueue<T> extends Queue<T> {
  constructor(maxsize = 0, options: QueueOptions = {}) {
    super(maxsize, options, new Stack<T>());
  }
}

class Stack<T> implements ItemStore<T> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  add(item: T): void {
    this.#items.push(item);
  }

  /** Whoever asks has seen that there is one, which may be `undefined`: the compiler cannot know. */
  take(): T {
    return this.#items.pop() as T;
  }
}
