/** What must not outlive a bench that a signal ends: processes, and folders in memory. */

const cleanUps = new Set<() => void>();

/** Has `cleanUp` called when a signal ends the process; returns how to take that back. */
export function whenEnded(cleanUp: () => void): () => void {
  listen();
  cleanUps.add(cleanUp);
  return () => cleanUps.delete(cleanUp);
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
let listening = false;

function listen(): void {
  if (listening) return;
  listening = true;
  for (const signal of signals) process.once(signal, () => end(signal));
}

/** The last that was begun is cleaned up first; then the signal does what it would have done. */
function end(signal: NodeJS.Signals): void {
  for (const each of signals) process.removeAllListeners(each);
  for (const cleanUp of [...cleanUps].toReversed()) cleanUp();
  process.kill(process.pid, signal);
}
