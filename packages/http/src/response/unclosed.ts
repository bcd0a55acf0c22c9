/**
 * Debug mode: a session that nobody closed, a response that nobody read or closed, are told of when they are collected.
 * Best effort, as the collector is; elsewhere a forgotten response is ended by its `total` deadline.
 */
import type { EventLoop } from 'cotask';

/** What is told of something that was forgotten; it must not lead to the thing itself. */
export interface Unclosed {
  /** What it was and how to close it. */
  readonly words: string;
  readonly loop: EventLoop;
  /** False once it was closed. */
  isOpen(): boolean;
  /** Ends what nobody can use any more. */
  end(): void;
}

const registry = new FinalizationRegistry<Unclosed & { readonly made: Error }>((unclosed) => {
  if (!unclosed.isOpen()) return;
  unclosed.end();
  unclosed.loop.callExceptionHandler({ message: unclosed.words, exception: unclosed.made });
});

/** Watches `target` until it is collected. */
export function watchUnclosed(target: object, unclosed: Unclosed): void {
  const made = new Error('it was made here');
  // Until its stack is read, an error holds the `this` of every frame, and so the target.
  made.stack = String(made.stack);
  registry.register(target, { ...unclosed, made });
}
