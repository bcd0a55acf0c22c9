/** What is inside a pool: its threads, who uses them, and its end. */
import { getEventLoop } from 'cotask';
import type { EventLoop } from 'cotask';
import type { Settle } from 'cotask/lowlevel';
import { Piscina } from 'piscina';
import { fileURLToPath } from 'node:url';
import { ThreadPoolClosedError, ThreadQueueFullError } from './errors.ts';
import type { PoolSettings, ThreadPoolOptions } from './pool-options.ts';
import { RunningCall, type ThreadCall, type Threads } from './running-call.ts';
import { makeCancelFlag } from './thread-signal.ts';
import { ThreadSlots } from './thread-slots.ts';

/** What runs in the threads: a source beside this source, or built code beside built code. */
const entry = fileURLToPath(
  new URL(`./thread-entry.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
);

/** The threads, and as many calls in them as there may be threads. */
export class PoolCore {
  /** What it says in lists of who waits for what. */
  readonly label: string;
  readonly graceMs: number;
  readonly slots: ThreadSlots;
  readonly #threads: Threads;
  readonly #maxWaiting: number;
  readonly #running = new Set<RunningCall>();
  /** The loop of the last call: what goes wrong after it is told there. */
  #loop: EventLoop | null = null;
  #ended: Promise<void> | null = null;

  constructor(settings: PoolSettings, options: ThreadPoolOptions) {
    this.label = settings.label;
    this.graceMs = settings.graceMs;
    this.#maxWaiting = settings.maxWaiting;
    this.slots = new ThreadSlots(settings.maxThreads);
    this.#threads = startThreads(settings, options);
    this.#threads.on('error', (error: unknown) => this.#tell(error));
  }

  /** True once it has been asked to end. */
  get closed(): boolean {
    return this.#ended !== null;
  }

  /** Threads that there are. */
  get threads(): number {
    return this.#threads.threads.length;
  }

  /** Refuses a call that would have to wait when enough do. */
  refuseFull(call: ThreadCall): void {
    if (this.slots.waiting >= this.#maxWaiting) throw new ThreadQueueFullError(call, this.#maxWaiting);
  }

  /** Refuses a call when there will be no threads. */
  refuseClosed(call: ThreadCall): void {
    if (this.closed) throw new ThreadPoolClosedError(call);
  }

  /** Begins a call that has a slot; gives it back when its thread is free. Returns how to cancel it. */
  begin(call: ThreadCall, settle: Settle<unknown>): () => void {
    this.#loop = getEventLoop();
    const { module, exportName, args, graceMs } = call;
    const message = { module, exportName, args, flag: graceMs > 0 ? makeCancelFlag() : null };
    const running = new RunningCall(this.#threads, call, message, settle);
    this.#running.add(running);
    void running.free.then(() => {
      this.#running.delete(running);
      this.slots.release();
    });
    return () => running.cancel();
  }

  /** Ends every call and every thread; resolves when the last has ended. */
  end(): Promise<void> {
    return (this.#ended ??= this.#end());
  }

  async #end(): Promise<void> {
    this.slots.refuseAll();
    const running = [...this.#running];
    for (const call of running) call.closed();
    const threads = [...this.#threads.threads];
    void this.#threads.destroy();
    // Asked a second time, a thread says when it has ended; what `destroy` waits for never comes on Deno.
    await Promise.all([...running.map(({ free }) => free), ...threads.map((thread) => thread.terminate())]);
  }

  /** What a function left behind in its thread has failed; there is no call that could throw it. */
  #tell(exception: unknown): void {
    const message = `a thread of ${this.label} ended by an error after its last call had ended:`;
    const loop = this.#loop === null || this.#loop.isClosed() ? getEventLoop() : this.#loop;
    loop.callExceptionHandler({ message, exception });
  }
}

function startThreads(settings: PoolSettings, options: ThreadPoolOptions): Threads {
  const { resourceLimits, env, execArgv } = options;
  return new Piscina({
    filename: entry,
    name: 'runCall',
    minThreads: settings.minThreads,
    maxThreads: settings.maxThreads,
    idleTimeout: settings.idleTimeoutMs,
    // Between two calls a thread goes on with its own events, as any program does.
    atomics: 'disabled',
    stricterFIFO: true,
    recordTiming: false,
    ...(resourceLimits === undefined ? {} : { resourceLimits }),
    ...(env === undefined ? {} : { env: { ...env } }),
    ...(execArgv === undefined ? {} : { execArgv: [...execArgv] }),
  });
}
