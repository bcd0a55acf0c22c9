/** How a program ends: signals, the report of a failure, the exit code. */
import { CotaskError, DeadlockError, MisuseError, isCancelled } from '../errors.ts';
import { pickHost, pickProcessHost } from '../host/pick.ts';
import type { Host, ProcessHost } from '../host/host.ts';
import { describeChain } from '../tasks/await-chain.ts';
import type { Awaitable } from '../tasks/awaitable.ts';
import { begin } from './run.ts';
import type { RunOptions } from './runner.ts';

const failed = 1;
const deadlocked = 13;
/**
 * One Ctrl-C may arrive twice: the terminal sends it to every process of the group, and npm, which is one of them, hands it
 * on. A signal that comes again within so many milliseconds of the first is the same one.
 */
const sameSignalMs = 300;
const signalCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Runs a coroutine as the program: returns at once, and sets the exit code when it has ended: 0, 1 when it or a task that
 * nobody looked at failed, 13 for a deadlock, 130 after SIGINT, 143 after SIGTERM. The first signal cancels the main task,
 * the second ends the process at once; a signal that the program has a handler or a receiver for is left to that. A failure is printed; `COTASK_DEBUG=1` adds stacks to the errors of cotask itself.
 */
export function runMain(coro: Awaitable<unknown>, options: Omit<RunOptions, 'handleSignals'> = {}): void {
  const process = pickProcessHost();
  let running: ReturnType<typeof begin>;
  try {
    refuseHandleSignals(options);
    running = begin(coro, options);
  } catch (error) {
    fail(process, error);
    return;
  }
  new MainRun(process, running).watch();
}

function refuseHandleSignals(options: object): void {
  if (!('handleSignals' in options)) return;
  throw new MisuseError('COTASK_BAD_OPTION', 'runMain() handles signals itself; handleSignals is an option of run()');
}

class MainRun {
  readonly #process: ProcessHost;
  readonly #running: ReturnType<typeof begin>;
  readonly #stopListening: (() => void)[];
  readonly #host: Host = pickHost();
  #signal: keyof typeof signalCodes | null = null;
  #signalledAt = 0;

  constructor(process: ProcessHost, running: ReturnType<typeof begin>) {
    this.#process = process;
    this.#running = running;
    this.#stopListening = (['SIGINT', 'SIGTERM'] as const).map((name) =>
      process.onSignal(name, () => this.#signalled(name), false),
    );
  }

  watch(): void {
    void this.#running.result.then(
      () => this.#ended(null),
      (error: unknown) => this.#ended({ error }),
    );
  }

  #signalled(name: keyof typeof signalCodes): void {
    if (this.#running.loop.signals.has(name)) return;
    const now = this.#host.now();
    if (this.#signal === null) {
      this.#signal = name;
      this.#signalledAt = now;
      this.#running.main.cancel(name);
    } else if (name !== this.#signal || now - this.#signalledAt >= sameSignalMs) this.#process.exit(signalCodes[name]);
  }

  #ended(failure: { error: unknown } | null): void {
    for (const stop of this.#stopListening) stop();
    if (failure !== null && this.#signal !== null && isCancelled(failure.error))
      this.#process.setExitCode(signalCodes[this.#signal]);
    else if (failure !== null) fail(this.#process, failure.error);
    else if (this.#running.loop.reports > 0) this.#process.setExitCode(failed);
  }
}

/** Prints why the program failed and sets its exit code. */
function fail(process: ProcessHost, error: unknown): void {
  if (error instanceof DeadlockError) {
    console.error(`cotask: ${error.message}`);
    process.setExitCode(deadlocked);
    return;
  }
  if (error instanceof CotaskError && !process.debug) console.error(`cotask: the main task failed: ${inWords(error)}`);
  else console.error('cotask: the main task failed:', error);
  process.setExitCode(failed);
}

function inWords(error: CotaskError): string {
  const cause = error.cause instanceof Error ? `\n  caused by ${error.cause.name}: ${error.cause.message}` : '';
  return `${error.name} (${error.code}): ${error.message}${cause}${describeChain(error, '\n  ')}`;
}
