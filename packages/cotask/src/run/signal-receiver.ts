/** Signals as something to wait for. */
import type { SignalName } from '../host/host.ts';
import type { GeneratorBody } from '../tasks/awaitable.ts';
import { coroutine } from '../tasks/coroutine.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import { getRunningLoop } from '../tasks/default-loop.ts';
import { WaitQueue } from '../tasks/wait-queue.ts';

/** Receives signals until it is closed. */
export class SignalReceiver implements AsyncIterable<SignalName> {
  /** @internal Came while nobody waited; each name once, as the platform itself may merge them. */
  readonly arrived: Set<SignalName> = new Set();
  /** @internal Null: there will be none. */
  readonly waiters: WaitQueue<SignalName | null> = new WaitQueue();
  /** @internal */
  readonly label: string;
  /** @internal */
  closed = false;
  readonly #stops: (() => void)[];

  /** @internal Use `openSignalReceiver()`. */
  constructor(names: readonly SignalName[]) {
    const { signals } = getRunningLoop();
    this.label = `a signal (${names.join(', ')})`;
    this.#stops = [];
    try {
      for (const name of names) this.#stops.push(signals.listen(name, () => this.#receive(name)));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Waits for the next signal and gives its name; null once the receiver is closed. */
  next(): Coroutine<SignalName | null> {
    return nextSignal(this);
  }

  /** The signals as they come, until it is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<SignalName, void, undefined> {
    for (let name = await this.next(); name !== null; name = await this.next()) yield name;
  }

  /** Stops listening; whoever waits gets null. */
  close(): void {
    this.closed = true;
    for (const stop of this.#stops) stop();
    this.waiters.wakeAll(null);
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }

  #receive(name: SignalName): void {
    if (!this.waiters.wakeOne(name)) this.arrived.add(name);
  }
}

const nextSignal = coroutine(function* next(receiver: SignalReceiver): GeneratorBody<SignalName | null> {
  for (const name of receiver.arrived) {
    receiver.arrived.delete(name);
    return name;
  }
  return receiver.closed ? null : yield* receiver.waiters.wait(receiver.label);
});

/**
 * Receives signals of the process on the running loop until it is closed (trio's `open_signal_receiver`). While it is open
 * the process waits for them, and they do nothing else: neither `runMain` nor a run that handles signals acts on them.
 *
 * @example
 * ```ts
 * import { coroutine, openSignalReceiver, run, sleep, taskGroup } from 'cotask';
 *
 * const main = coroutine(async () => {
 *   using signals = openSignalReceiver('SIGHUP');
 *   process.kill(process.pid, 'SIGHUP');
 *   for await (const name of signals) {
 *     console.log(name, 'received: reload');
 *     break;
 *   }
 * });
 * await run(main());
 * ```
 * @throws {MisuseError} `COTASK_BAD_SIGNAL` for a signal that cannot be caught, or is not of this platform.
 */
export function openSignalReceiver(...names: SignalName[]): SignalReceiver {
  return new SignalReceiver(names);
}
