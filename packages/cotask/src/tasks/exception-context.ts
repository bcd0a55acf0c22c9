/** What a loop reports, and to whom. Types only. */
import type { Handle } from '../loop/handle.ts';
import type { EventLoop } from './event-loop.ts';
import type { Future } from './future.ts';
import type { Task } from './task.ts';

/** What a loop tells its exception handler. */
export interface ExceptionContext {
  /** What happened, in words. */
  message: string;
  /** The error, where there is one. */
  exception?: unknown;
  /** The task that it is about, where it is about one. */
  task?: Task<unknown>;
  /** The future that it is about, a task included. */
  future?: Future<unknown>;
  /** The callback that it is about. */
  handle?: Handle;
  /** The report at which the exception handler itself failed. */
  context?: ExceptionContext;
  /** In debug mode: the stack of the line where that was made. */
  sourceTraceback?: string;
}

/** Called instead of the default report. */
export type ExceptionHandler = (loop: EventLoop, context: ExceptionContext) => void;
