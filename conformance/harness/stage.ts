/** What a program has at hand: a log, a clock, loops on virtual time, and the runs on them. */
import { EventLoop, coroutine, currentTask, fromPromise, getRunningLoop, run } from 'cotask';
import type { Awaitable, Coroutine, Future, GeneratorBody, Task } from 'cotask';
import { VirtualHost } from 'cotask/testing';

import { collectGarbage } from './garbage.ts';
import { wordsOf } from './report.ts';
import { outcome, show } from './show.ts';

/** A program in one gear: plain promise code that runs coroutines of that gear. */
export type Program = (stage: Stage) => Promise<void>;

/** What a file of programs/ exports. */
export interface ProgramFile {
  readonly generator: Program;
  readonly async: Program;
  /** True for a program that needs a process of its own, for instance because it sends itself signals. */
  readonly ownProcess?: boolean;
}

/** How a program runs its main coroutine. */
export interface StageRunOptions {
  debug?: boolean;
  handleSignals?: boolean;
}

/** Its functions need no `this`, so programs take them apart. */
export class Stage {
  readonly #write: (line: string) => void;
  /** The host of every loop on virtual time. */
  readonly #hosts = new WeakMap<EventLoop, VirtualHost>();

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  /** Writes a line: values in neutral form, with blanks between. */
  readonly log = (...parts: unknown[]): void => this.#write(parts.map(show).join(' '));

  /** The running loop's clock, in seconds, as in the transcripts. */
  readonly now = (): number => getRunningLoop().time() / 1_000;

  /** Iterations of the running loop since the first step of main, which is tick 0. */
  readonly tick = (): number => getRunningLoop().iteration - 1;

  /** Lets `ms` milliseconds of virtual time pass as a synchronous block of work does. */
  readonly advance = (ms: number): void => {
    const host = this.#hosts.get(getRunningLoop());
    if (host === undefined) throw new TypeError('advance() needs a loop on virtual time');
    host.advance(ms);
  };

  /** Waits for something inside the task that asks, and logs what came of it; costs no tick. */
  readonly attempt: (label: string, awaitable: Awaitable<unknown>) => Coroutine<void> = coroutine((label, awaitable) =>
    this.#attempt(label, awaitable),
  );

  /** The task that runs this line. */
  readonly me = (): Task<unknown> => {
    const task = currentTask();
    if (task === null) throw new TypeError('no task runs this line');
    return task;
  };

  /** What has become of a future. */
  readonly outcome: (future: Future<unknown>) => string = outcome;

  /** Waits until garbage has been collected and what that calls back has been called. */
  readonly collect = (): Awaitable<void> => fromPromise(collectGarbage());

  /** A loop on virtual time that logs what it reports. */
  readonly makeLoop = (): EventLoop => {
    const host = new VirtualHost();
    const loop = this.#listenTo(new EventLoop({ host }));
    this.#hosts.set(loop, host);
    return loop;
  };

  /** Runs a coroutine on a fresh loop on virtual time. */
  readonly run = <T>(main: Awaitable<T>, options: StageRunOptions = {}): Promise<T> =>
    run(main, { loopFactory: this.makeLoop, debug: false, ...options });

  /** Runs a coroutine on the platform's own time. */
  readonly runReal = <T>(main: Awaitable<T>, options: StageRunOptions = {}): Promise<T> =>
    run(main, { loopFactory: () => this.#listenTo(new EventLoop()), debug: false, ...options });

  *#attempt(label: string, awaitable: Awaitable<unknown>): GeneratorBody<void> {
    let value: unknown;
    try {
      value = yield* awaitable;
    } catch (error) {
      this.log(label, 'raised', error);
      return;
    }
    this.log(label, '->', value);
  }

  #listenTo(loop: EventLoop): EventLoop {
    loop.setExceptionHandler((_, report) => this.log(...wordsOf(report)));
    return loop;
  }
}
