/** How the transcripts write what a loop tells its exception handler: in CPython's words. */
import { CotaskError } from 'cotask';
import type { ExceptionContext } from 'cotask';

import { kind } from './kind.ts';

const wordings: readonly (readonly [ours: RegExp, theirs: string])[] = [
  [/^a callback failed/, 'Exception in callback'],
  [/^task .* failed, and nobody looked at its error/, 'Task exception was never retrieved'],
  [/ failed, and nobody looked at its error/, 'Future exception was never retrieved'],
  [/^the exception handler of this loop failed/, 'Unhandled error in exception handler'],
  [/^an async generator failed when it was closed/, 'an error occurred during closing of asynchronous generator'],
  [/^coroutine .* was never awaited/, 'coroutine was never awaited'],
];

/** How long a step held the loop, in seconds, where a report is about one that held it for too long. */
export function heldFor(report: ExceptionContext): string | null {
  const ms = / held the event loop for (\d+) ms/.exec(report.message)?.[1];
  return ms === undefined ? null : (Number(ms) / 1_000).toFixed(3);
}

/** The parts of the line that a report is. */
export function wordsOf(report: ExceptionContext): unknown[] {
  const theirs = wordings.find(([ours]) => ours.test(report.message))?.[1] ?? report.message;
  const { exception } = report;
  if (exception === undefined) return ['HANDLER', theirs];
  return ['HANDLER', theirs, exception instanceof CotaskError ? kind(exception) : exception];
}
