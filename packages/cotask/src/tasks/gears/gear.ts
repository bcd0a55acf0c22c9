/** How a body is begun and resumed, as the rest of the runtime sees it. */
import type { Body } from '../awaitable.ts';
import type { OpenWait } from '../park.ts';

/** Something whose body has not begun: a coroutine object. */
export abstract class Startable<T> {
  /** What it is called in reports. */
  abstract readonly label: string;
  /** @internal Calls the function; it can be called once. */
  abstract start(): Body<T>;
  /** @internal It is, or was to be, run: nobody has forgotten it. */
  begun(): void {}
}

/** Resumes one generator body, and is its wait. */
export interface Driver extends OpenWait {
  /** Goes on with the body now: what it waited for was done at once, or has ended in this very microtask. */
  proceed(): void;
  /** True, once, in the step in which its turn has come. */
  turned(): boolean;
  /** Throws an error into the body at the place where it waits: the wait cannot begin. */
  refuse(error: unknown): void;
}
