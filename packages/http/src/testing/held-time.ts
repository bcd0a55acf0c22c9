/** On virtual time, work of the platform must not lose against a timer. */
import { fromPromise, getEventLoop, type Awaitable } from 'cotask';
import { VirtualHost } from 'cotask/testing';

/** So many turns of the platform a foreign promise gets before virtual time may move. */
const foreignTurns = 100;

/** Lets the running loop's time stand still, where it is virtual; returns how to let it go on, null where time is real. */
export function holdVirtualTime(): (() => void) | null {
  const { host } = getEventLoop();
  return host instanceof VirtualHost ? host.hold() : null;
}

/** Waits for a promise that is likely to settle soon: a piece of a stream, a file. One that waits for the loop's time may. */
export function fromSoonPromise<T>(promise: PromiseLike<T>): Awaitable<T> {
  const letGo = holdVirtualTime();
  if (letGo !== null) {
    promise.then(letGo, letGo);
    afterTurns(foreignTurns, letGo);
  }
  return fromPromise(promise);
}

function afterTurns(turns: number, callback: () => void): void {
  if (turns === 0) callback();
  else setImmediate(() => afterTurns(turns - 1, callback));
}
