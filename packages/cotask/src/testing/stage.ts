/**
 * Where a test's program plays: a fresh loop on virtual time. The transcript ends with what the program left behind: a
 * task, a timer, an error that nobody looked at. So a test that forgets to end something, or a runtime that does, fails.
 */
import type { Foreign, IdleAnswer } from '../host/host.ts';
import type { SchedulingPolicy } from '../loop/policies/policy.ts';
import { run } from '../run/run.ts';
import type { Awaitable } from '../tasks/awaitable.ts';
import { coroutine } from '../tasks/coroutine.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import { getRunningLoop } from '../tasks/default-loop.ts';
import { allTasks, createTask, currentTask } from '../tasks/ensure-future.ts';
import type { EventLoop } from '../tasks/event-loop.ts';
import { park } from '../tasks/parked.ts';
import type { Task, TaskOptions } from '../tasks/task.ts';
import { inGear, on } from './both-gears.ts';
import type { EitherBody, Gear } from './both-gears.ts';
import { newLog } from './transcript.ts';
import type { Log } from './transcript.ts';
import { VirtualHost } from './virtual-host.ts';

/** A program that is written once and played in either gear. */
export type Script = (stage: Stage) => EitherBody<unknown>;

/** How a script is played. */
export interface PlayOptions {
  policy?: SchedulingPolicy;
  debug?: boolean;
}

/** So many turns of the platform code that is not the loop's own gets before the loop counts as quiet. */
const foreignTurns = 5;

/** A virtual host that can say when nothing is ready any more, and what the loop would wait for then. */
class StageHost extends VirtualHost {
  #whenQuiet: ((deadline: number | null) => void) | null = null;
  #turnsLeft = foreignTurns;

  /** Waits until nothing is ready; gives the next deadline, or null, and lets no time pass. */
  untilQuiet(): Awaitable<number | null> {
    return park<number | null>('a quiet loop', (settle) => {
      this.#whenQuiet = settle.resolve.bind(settle);
    });
  }

  override idle(deadline: number | null, wake: () => void, foreign: Foreign): IdleAnswer {
    const quiet = this.#whenQuiet;
    if (quiet === null) return super.idle(deadline, wake, foreign);
    if (foreign !== 'no' && this.#turnsLeft-- > 0) {
      this.turn(wake);
      return 'armed';
    }
    this.#turnsLeft = foreignTurns;
    this.#whenQuiet = null;
    quiet(deadline);
    return 'now';
  }
}

/** What a script has at hand. */
export class Stage {
  readonly gear: Gear;
  readonly log: Log = newLog();
  readonly host: StageHost = new StageHost();
  #loop: EventLoop | null = null;
  #firstIteration = 0;

  constructor(gear: Gear) {
    this.gear = gear;
  }

  /** The loop that runs the script. */
  get loop(): EventLoop {
    return (this.#loop ??= getRunningLoop());
  }

  /** Iterations of the loop since the script began. */
  get tick(): number {
    return this.loop.iteration - this.#firstIteration;
  }

  /** A function whose call makes a coroutine of this gear. */
  coroutineOf<A extends unknown[], T>(write: (...args: A) => EitherBody<T>): (...args: A) => Coroutine<T> {
    return coroutine(inGear(this.gear, write));
  }

  /** A task of its own, from a body written once. */
  spawn<T>(write: () => EitherBody<T>, options: TaskOptions = {}): Task<T> {
    return createTask(this.coroutineOf(write)(), options);
  }

  /** Waits until nothing is ready, and lets no time pass. */
  quiet(): Awaitable<unknown> {
    return this.host.untilQuiet();
  }

  /** @internal Plays a script, then says what it left. */
  *play(script: Script): EitherBody<void> {
    this.#firstIteration = this.loop.iteration;
    this.loop.setExceptionHandler((_, { message, exception }) => this.log('reported:', message, exception ?? ''));
    yield* script(this);
    const deadline = yield* on(this.host.untilQuiet());
    for (const task of allTasks()) if (task !== currentTask()) this.log('left:', task);
    if (deadline !== null) this.log('left: a timer', deadline);
  }
}

/** Plays a script in one gear; its transcript, and what it left behind. */
export async function play(gear: Gear, script: Script, options: PlayOptions = {}): Promise<string[]> {
  const stage = new Stage(gear);
  const main = stage.coroutineOf(() => stage.play(script));
  await run(main(), { ...options, host: stage.host });
  return stage.log.lines;
}

/** The task that runs this line. */
export function me(): Task<unknown> {
  const task = currentTask();
  if (task === null) throw new TypeError('no task runs this line');
  return task;
}
