/**
 * Keeps stray rejections of ours from the platform by the event that browsers and Deno send: prevented, it has no further
 * fate, and no other listener hears of it. Where there are no events it does nothing.
 */
export function filterEvents(ours: (reason: unknown, promise: unknown) => boolean): () => void {
  if (typeof globalThis.addEventListener !== 'function') return () => {};
  const drop = (event: Event): void => {
    if (!('reason' in event) || !ours(event.reason, 'promise' in event ? event.promise : null)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  globalThis.addEventListener('unhandledrejection', drop);
  return () => globalThis.removeEventListener('unhandledrejection', drop);
}
