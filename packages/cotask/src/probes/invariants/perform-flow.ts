/** The part of a performance that is about races, maps, retries, shields, signals and task locals, and their invariants. */
import {
  CotaskError,
  abortSignal,
  any,
  createTask,
  forEach,
  map,
  race,
  rateLimiter,
  retry,
  shielded,
  taskLocal,
} from '../../index.ts';
import type { Awaitable, Ready, Task, TaskGroup } from '../../index.ts';
import { inGear, on } from '../../testing/both-gears.ts';
import type { EitherBody, Gear } from '../../testing/both-gears.ts';
import { me } from '../../testing/stage.ts';
import type { Action, Child } from './program.ts';

/** The fault of a program, told apart from those of the runtime. */
export class Failure extends Error {}

/** What this part needs of the performance. */
export interface Played {
  readonly broken: string[];
  /** So many tasks wait for another by name: circles come about, which are cut where they close. */
  readonly joins: number;
  /** The gear of the next body. */
  readonly gear: Gear;
  all(actions: readonly Action[]): EitherBody<void>;
  leaf<T>(body: EitherBody<T>): EitherBody<T>;
  spawn(create: (coro: Awaitable<void>) => Task<unknown>, body: readonly Action[]): Task<unknown>;
  /** A task that the runtime has made. */
  note(task: Task<unknown>): void;
}

type Of<K extends Action['kind']> = Extract<Action, { kind: K }>;

const burst = 2;
const tokenMs = 2;
/** Where a body is, which a task local tells it at every wait. */
const place = taskLocal<number>({ name: 'place', default: 0 });
/** So many eager tasks take their first step, each inside that of another. */
const eager: { beginning: number } = { beginning: 0 };

/** True while an eager task takes its first step, which is no turn of its own. */
export function isBeginningEagerly(): boolean {
  return eager.beginning > 0;
}

/** Fails the performance where a wait has changed the task or the locals of the body that waited. */
export function* watched<T>(broken: string[], body: EitherBody<T>): EitherBody<T> {
  const task = me();
  const here = place.get();
  try {
    return yield* body;
  } finally {
    if (place.get() !== here) broken.push(`a task local changed from ${here} to ${place.get()}`);
    if (me() !== task) broken.push(`${task.label} became ${me().label}`);
  }
}

export class FlowActions {
  readonly #played: Played;
  readonly #limiter = rateLimiter({ rate: 1, per: tokenMs, burst });
  readonly #tokens: number[] = [];
  readonly #groups: TaskGroup[] = [];
  #places = 0;

  constructor(played: Played) {
    this.#played = played;
  }

  *token(): EitherBody<void> {
    yield* this.#played.leaf(on(this.#limiter.acquire()));
    this.#tokens.push(me().loop.time());
  }

  /** In any stretch of the time for one token, that one and those saved up. */
  close(): void {
    for (const [i, time] of this.#tokens.entries()) {
      const later = this.#tokens[i + 1 + burst] ?? Infinity;
      if (later - time < tokenMs) this.#played.broken.push(`too many tokens from ${time} to ${later}`);
    }
  }

  endGroup(): void {
    this.#groups.at(-1)?.cancel();
  }

  *groupChildren(group: TaskGroup, children: readonly Child[], made: Task<unknown>[]): EitherBody<void> {
    this.#groups.push(group);
    for (const { how, body } of children) {
      if (how === 'start') yield* this.#start(group, body, made);
      else void this.#played.spawn((coro) => this.#groupTask(group, coro, how === 'eager', made), body);
    }
  }

  /** A group that has been ended takes no more tasks: then the task is nobody's. */
  #groupTask(group: TaskGroup, coro: Awaitable<void>, eagerly: boolean, made: Task<unknown>[]): Task<unknown> {
    eager.beginning += eagerly ? 1 : 0;
    try {
      const task = group.createTask(coro, { eager: eagerly });
      made.push(task);
      return task;
    } catch (error) {
      if (isEnded(error)) return createTask(coro);
      throw error;
    } finally {
      eager.beginning -= eagerly ? 1 : 0;
    }
  }

  *#start(group: TaskGroup, body: readonly Action[], made: Task<unknown>[]): EitherBody<void> {
    const { broken } = this.#played;
    const served = inGear(this.#played.gear, (ready: Ready<string>) => this.#served(ready, body, made));
    try {
      if ((yield* on(group.start<string>(served))) !== 'ready') broken.push('a start gave something else');
    } catch (error) {
      if (!isEnded(error)) throw error;
    }
  }

  *#served(ready: Ready<string>, body: readonly Action[], made: Task<unknown>[]): EitherBody<void> {
    const task = me();
    this.#played.note(task);
    yield* this.#played.all(body.slice(0, 1));
    ready('ready');
    made.push(task);
    yield* this.#played.all(body.slice(1));
  }

  *race({ children, valuesOnly }: Of<'race'>): EitherBody<void> {
    const { broken } = this.#played;
    const made = children.map((child) => this.#played.spawn(createTask, child));
    if (made.length === 0) return;
    try {
      yield* on(valuesOnly ? any(made) : race(made));
    } finally {
      for (const task of made)
        if (!task.done() && this.#played.joins === 0) broken.push(`${task.label} outlived its race`);
    }
  }

  *map({ children, concurrency, way }: Of<'map'>): EitherBody<void> {
    let running = 0;
    const { broken } = this.#played;
    const work = (body: Action[]): EitherBody<void> =>
      this.#item(body, (change) => {
        running += change;
        if (running > concurrency) broken.push('a map had too many at once');
      });
    try {
      yield* this.#mapBy(way, children, inGear(this.#played.gear, work), concurrency);
    } finally {
      if (running > 0 && this.#played.joins === 0) broken.push(`${running} items outlived their ${way}`);
    }
  }

  *#item(body: readonly Action[], count: (change: 1 | -1) => void): EitherBody<void> {
    this.#played.note(me());
    count(1);
    try {
      yield* this.#played.all(body);
    } finally {
      count(-1);
    }
  }

  *#mapBy(
    way: Of<'map'>['way'],
    items: Action[][],
    fn: (body: Action[]) => unknown,
    concurrency: number,
  ): EitherBody<void> {
    if (way === 'map') yield* on(map(items, fn, { concurrency }));
    else if (way === 'settle') yield* on(map(items, fn, { concurrency, settle: true, ordered: false }));
    else if (way === 'forEach') yield* on(forEach(items, fn, { concurrency }));
    else yield* pulled(items, fn, concurrency);
  }

  *retry({ attempts, ms, body }: Of<'retry'>): EitherBody<void> {
    let begun = 0;
    const fn = inGear(this.#played.gear, () => {
      begun += 1;
      if (begun > attempts) this.#played.broken.push('an attempt too many');
      return this.#played.all(body);
    });
    yield* on(retry(fn, { attempts, delay: ms }));
  }

  *shielded({ limit, body }: Of<'shielded'>): EitherBody<void> {
    const fn = inGear(this.#played.gear, () => this.#played.all(body));
    yield* on(shielded(fn, { limit }));
  }

  *signal({ ms, body }: Of<'signal'>): EitherBody<void> {
    const { signal, abort } = abortedAfter(ms);
    const fn = inGear(this.#played.gear, () => this.#played.all(body));
    try {
      yield* on(abortSignal(signal, fn));
    } catch (error) {
      if (error !== signal.reason) throw error;
    } finally {
      abort.cancel();
    }
  }

  *local(body: readonly Action[]): EitherBody<void> {
    this.#places += 1;
    const here = this.#places;
    const fn = inGear(this.#played.gear, () => this.#in(here, body));
    yield* on(place.run(here, fn));
  }

  *#in(here: number, body: readonly Action[]): EitherBody<void> {
    yield* this.#played.all(body);
    if (place.get() !== here) this.#played.broken.push('a task local lost its value');
  }
}

function* pulled(items: Action[][], fn: (body: Action[]) => unknown, concurrency: number): EitherBody<void> {
  const mapping = map(items, fn, { concurrency });
  try {
    for (let step = yield* on(mapping.pull()); step.done !== true; step = yield* on(mapping.pull()));
  } finally {
    // A clean-up that a second cancel cuts short leaves its tasks to the run.
    yield* on(shielded(() => mapping.close(), { limit: 200 }));
  }
}

function abortedAfter(ms: number): { signal: AbortSignal; abort: { cancel(): void } } {
  const controller = new AbortController();
  const abort = me().loop.callLater(ms, () => controller.abort(new Failure('aborted')));
  return { signal: controller.signal, abort };
}

function isEnded(error: unknown): boolean {
  return error instanceof CotaskError && error.code === 'COTASK_GROUP_ENDED';
}
