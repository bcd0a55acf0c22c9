/** What the transcripts call an error: CPython's name of its class, found by our code. */
import { CotaskError, TaskGroupError } from 'cotask';

import { BaseBoom } from './mishaps.ts';

const names: Readonly<Record<string, string>> = {
  COTASK_CANCELLED: 'CancelledError',
  COTASK_TIMEOUT: 'TimeoutError',
  COTASK_INVALID_STATE: 'InvalidStateError',
  COTASK_QUEUE_EMPTY: 'QueueEmpty',
  COTASK_QUEUE_FULL: 'QueueFull',
  COTASK_QUEUE_SHUT_DOWN: 'QueueShutDown',
  COTASK_BROKEN_BARRIER: 'BrokenBarrierError',
  COTASK_DEADLOCK: 'Deadlock',
  COTASK_INTERRUPTED: 'KeyboardInterrupt',
  // An argument of the wrong kind.
  COTASK_BAD_OPTION: 'TypeError',
  COTASK_NOT_AWAITABLE: 'TypeError',
  COTASK_NOT_A_COROUTINE: 'TypeError',
  COTASK_NOT_A_PROMISE: 'TypeError',
  // An argument of the right kind with an impossible value.
  COTASK_BAD_TIME: 'ValueError',
  COTASK_BAD_COUNT: 'ValueError',
  COTASK_WRONG_LOOP: 'ValueError',
  COTASK_RELEASED_TOO_OFTEN: 'ValueError',
  COTASK_TASK_DONE_TOO_OFTEN: 'ValueError',
};

/** The name of an error's class; a refusal of ours that is not in the table is a `RuntimeError`. */
export function kind(error: unknown): string {
  if (error instanceof TaskGroupError) return error.errors.some(isBase) ? 'BaseExceptionGroup' : 'ExceptionGroup';
  if (error instanceof CotaskError) return isBadCount(error) ? 'ValueError' : (names[error.code] ?? 'RuntimeError');
  return error instanceof Error ? error.name : typeof error;
}

/** One code of ours stands for options of the wrong kind and for impossible numbers of parties and permits. */
function isBadCount(error: CotaskError): boolean {
  return error.code === 'COTASK_BAD_OPTION' && / takes a whole number of /.test(error.message);
}

function isBase(error: unknown): boolean {
  return error instanceof BaseBoom || (error instanceof TaskGroupError && error.errors.some(isBase));
}
