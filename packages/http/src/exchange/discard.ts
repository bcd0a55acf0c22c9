/**
 * Reading away what nobody wants, so that the connection can be used again: a redirect's body, the rest of a released
 * response. Bounded in bytes and time, because a hostile server may never end it.
 */
import type { Awaitable, EventLoop } from 'cotask';
import { park } from 'cotask/lowlevel';
import { fixedBounds } from '../bounds.ts';
import type { Exchange } from './exchange.ts';

/** Reads the rest away in the background and calls back when the exchange has ended; returns how to stop waiting. */
export function discardRest(exchange: Exchange, loop: EventLoop, ended: () => void): () => void {
  exchange.forgetIdling();
  const timer = loop.callLater(fixedBounds.discardedFor, () => exchange.close());
  let left: number = fixedBounds.discardedBytes;
  const stop = (): void => timer.cancel();
  exchange.inbox.attach({
    chunk(chunk) {
      left -= chunk.byteLength;
      if (left < 0) exchange.close();
    },
    ended() {
      stop();
      ended();
    },
  });
  return stop;
}

/** Reads the rest of a redirect's body away and waits for it. */
export function discardRedirect(exchange: Exchange, loop: EventLoop): Awaitable<void> {
  return park<void>(`the rest of the redirect of ${exchange.line.url}`, (settle) => {
    const stop = discardRest(exchange, loop, () => settle.resolve());
    return () => {
      stop();
      exchange.inbox.detach();
      exchange.abandon();
    };
  });
}
