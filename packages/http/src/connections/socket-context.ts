/**
 * A socket outlives the request that it was made for: what it calls back must not carry that request's task and its
 * stores. So sockets, and the streams on them, are made in the context in which this module was loaded.
 */
import { AsyncResource } from 'node:async_hooks';

const root = new AsyncResource('COTASK_HTTP_SOCKET');

/** Runs `make` in that context. */
export function inSocketContext<Value>(make: () => Value): Value {
  return root.runInAsyncScope(make);
}
