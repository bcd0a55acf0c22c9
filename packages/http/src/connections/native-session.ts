/**
 * What Node has below an HTTP/2 session must live as long as what it has below the streams: a stream that is collected later
 * still holds what came of a head that never ended, and Node aborts the process over memory that a session has not given
 * back. A server brings that about with a head in very many CONTINUATION frames; in which order they are collected is chance.
 */
import { executionAsyncResource } from 'node:async_hooks';

/** A session's, as soon as it is known. */
export class NativeSession {
  /** Held, and never looked at. */
  native: object | null = null;

  /** To be called inside an event of the session that Node emits from below. */
  remember(): void {
    this.native ??= executionAsyncResource();
  }

  /** It lives at least as long as `stream`. */
  outlive(stream: object): void {
    held.register(stream, this);
  }
}

/** A registry holds what it will be told. */
const held = new FinalizationRegistry<NativeSession>(() => undefined);
