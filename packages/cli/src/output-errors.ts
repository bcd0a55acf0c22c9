/** What becomes of output that cannot be written. */
import { EXIT_FAILED } from './exit-codes.ts';

let told = false;

/**
 * Whoever reads our output may stop reading, as `head` does; the work is still wanted. Any other error, as of a full disk
 * that the output goes to, is said once, and the command ends as one that failed.
 */
function outputFailed(error: Error): void {
  if (('code' in error && error.code === 'EPIPE') || told) return;
  told = true;
  process.once('exit', () => {
    process.exitCode ||= EXIT_FAILED;
  });
  process.stderr.write(`cotask: the output cannot be written: ${error.message}\n  Is the disk full that it goes to?\n`);
}

/** Listens for such errors; a second call changes nothing. */
export function watchOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.listeners('error').includes(outputFailed)) stream.on('error', outputFailed);
  }
}
