import { AsyncLocalStorage } from 'node:async_hooks';

/** A user's own store, as a tracer would set it. */
export const store: AsyncLocalStorage<string> = new AsyncLocalStorage<string>();
