/** Lets a test wait for a state of a server ("no connection is open") without polling and without sleeping. */
export class ConditionWaiters {
  readonly #waiting = new Set<Waiter>();

  /** Resolves as soon as `holds()` is true, at once if it is; `what` names the wait in the error of {@link failAll}. */
  until(what: string, holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.add({ what, holds, resolve, reject });
    });
  }

  /** The server calls this after each change of what the conditions read. */
  notice(): void {
    for (const waiter of this.#waiting) {
      if (!waiter.holds()) continue;
      this.#waiting.delete(waiter);
      waiter.resolve();
    }
  }

  /** Nothing will change any more: whoever still waits is told what did not come. */
  failAll(): void {
    for (const waiter of this.#waiting)
      waiter.reject(new Error(`The server was closed before this came: ${waiter.what}.`));
    this.#waiting.clear();
  }
}

interface Waiter {
  readonly what: string;
  readonly holds: () => boolean;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}
