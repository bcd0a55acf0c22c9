/** A call that has been given a thread: how it is begun there, how it ends, and how it is ended. */
import type { Settle } from 'cotask/lowlevel';
import { move, transferableSymbol, valueSymbol, type Piscina } from 'piscina';
import type { Transferable, Worker } from 'node:worker_threads';
import {
  ThreadArgumentError,
  ThreadExitError,
  ThreadExportError,
  ThreadMemoryError,
  ThreadModuleError,
  ThreadPoolClosedError,
  ThreadResultError,
  type ThreadCallFacts,
} from './errors.ts';
import type { CallAnswer, CallMessage } from './thread-messages.ts';
import { tellCancelled } from './thread-signal.ts';
import { putTogether } from './thrown.ts';

/** The threads themselves. */
export type Threads = Piscina<unknown, CallAnswer>;

/** What is to be called, and how it is to be ended. */
export interface ThreadCall extends ThreadCallFacts {
  readonly args: readonly unknown[];
  readonly transfer: readonly Transferable[];
  readonly graceMs: number;
}

/** The longest that a timer of the platform's can be set to. */
const longestTimer = 2 ** 31 - 1;

/** One call, from when it has a thread. */
export class RunningCall {
  /** Resolves when the thread is free again, or has ended. */
  readonly free: Promise<void>;
  readonly #threads: Threads;
  readonly #call: ThreadCall;
  readonly #message: CallMessage;
  readonly #settle: Settle<unknown>;
  readonly #controller = new AbortController();
  readonly #freed = Promise.withResolvers<void>();
  #grace: NodeJS.Timeout | null = null;
  #over = false;

  constructor(threads: Threads, call: ThreadCall, message: CallMessage, settle: Settle<unknown>) {
    this.#threads = threads;
    this.#call = call;
    this.#message = message;
    this.#settle = settle;
    this.free = this.#freed.promise;
    threads.run(toSend(message, call.transfer), { signal: this.#controller.signal }).then(
      (answer) => this.#answered(answer),
      (error: unknown) => this.#failed(error),
    );
  }

  /** Nobody waits for it any more: it is told, and its thread ends when the grace is over. Calls nothing of the loop's. */
  cancel(): void {
    const { flag } = this.#message;
    if (flag === null) return this.end();
    tellCancelled(flag);
    const { graceMs } = this.#call;
    if (graceMs <= longestTimer) this.#grace = setTimeout(() => this.end(), graceMs);
  }

  /** Its pool is closed: ends the wait, and the thread. */
  closed(): void {
    this.#settle.reject(new ThreadPoolClosedError(this.#call));
    this.end();
  }

  /** Ends the thread; where the call has none yet, it will have none. */
  end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopGrace();
    const before = this.#threads.threads;
    this.#controller.abort();
    const after = new Set<Worker>(this.#threads.threads);
    const ended = before.find((thread) => !after.has(thread));
    if (ended === undefined) this.#freed.resolve();
    else void ended.terminate().then(() => this.#freed.resolve());
  }

  #answered(answer: CallAnswer): void {
    if (this.#ends()) settleWith(answer, this.#call, this.#settle);
  }

  #failed(error: unknown): void {
    if (this.#ends()) this.#settle.reject(translated(error, this.#call));
  }

  /** False when it was ended before. */
  #ends(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#stopGrace();
    this.#freed.resolve();
    return true;
  }

  #stopGrace(): void {
    if (this.#grace !== null) clearTimeout(this.#grace);
  }
}

function toSend(message: CallMessage, list: readonly Transferable[]): unknown {
  return list.length === 0 ? message : move({ [transferableSymbol]: list, [valueSymbol]: message });
}

function settleWith(answer: CallAnswer, call: ThreadCall, settle: Settle<unknown>): void {
  if (answer.end === 'value') settle.resolve(answer.value);
  else settle.reject(errorOf(answer, call));
}

function errorOf(answer: Exclude<CallAnswer, { end: 'value' }>, call: ThreadCall): unknown {
  switch (answer.end) {
    case 'thrown':
      return putTogether(answer.thrown, call);
    case 'no module':
      return new ThreadModuleError(call, putTogether(answer.thrown, call));
    case 'no export':
      return new ThreadExportError(call, answer.found);
    case 'no result':
      return new ThreadResultError(call, answer.found);
  }
}

/** What comes by another way than an answer: what could not be sent, and how threads end. */
function translated(error: unknown, call: ThreadCall): Error {
  const code = codeOf(error);
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return new ThreadMemoryError(call, error);
  if (isOfSending(error, code)) {
    // Arguments that are copied were looked at before; what is moved is looked at only as it is sent.
    const found = 'what is to be moved holds something that cannot be, or was moved already';
    const [into, options] = [call.transfer.length > 0, { cause: error }];
    return into ? new ThreadArgumentError(call, found, options) : new ThreadResultError(call, found, options);
  }
  const exit = error instanceof Error ? /^worker exited with code: (\d+)$/.exec(error.message) : null;
  return exit === null ? new ThreadExitError(call, null, { cause: error }) : new ThreadExitError(call, Number(exit[1]));
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
}

const ofSending: ReadonlySet<unknown> = new Set([
  'ERR_INVALID_TRANSFER_OBJECT',
  'ERR_MISSING_TRANSFERABLE_IN_TRANSFER_LIST',
]);

/** One that ended a thread has lost its name on the way, and kept it in its stack. */
function isOfSending(error: unknown, code: unknown): boolean {
  return ofSending.has(code) || (error instanceof Error && /^DataCloneError\b/.test(error.stack ?? error.name));
}
