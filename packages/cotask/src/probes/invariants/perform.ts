/** Plays a random program and keeps its books: what was broken, in words; nothing when every invariant held. */
import {
  CancelledError,
  CotaskError,
  Event,
  EventLoop,
  Lock,
  Queue,
  Semaphore,
  coroutine,
  createTask,
  gather,
  run,
  shield,
  sleep,
  taskGroup,
  timeout,
  wait,
} from '../../index.ts';
import type { Awaitable, SchedulingPolicy, Task, TaskGroup } from '../../index.ts';
import { addHooks } from '../../lowlevel.ts';
import { inGear, on, told } from '../../testing/both-gears.ts';
import type { EitherBody, Gear } from '../../testing/both-gears.ts';
import { me } from '../../testing/stage.ts';
import { VirtualHost } from '../../testing/virtual-host.ts';
import { Failure, FlowActions, isBeginningEagerly, watched } from './perform-flow.ts';
import type { Played } from './perform-flow.ts';
import type { Action, Child, Program } from './program.ts';

/** Whatever waits longer waits for ever. */
const longestMs = 1_000;
/** After so many cancels everything has ended. */
const mostStrikes = 50;

/** The gears of a program's bodies; mixed, every third one is async. */
export type Gears = Gear | 'mixed';

class Performance implements Played {
  readonly broken: string[] = [];
  joins = 0;
  readonly #program: Program;
  readonly #gears: Gears;
  readonly #flow: FlowActions;
  readonly #locks: Lock[];
  readonly #holders: number[];
  readonly #semaphores: Semaphore[];
  readonly #permitsOut: number[];
  readonly #queues: Queue<number>[];
  readonly #events: Event[];
  readonly #tasks: Task<unknown>[] = [];
  readonly #put: Set<number>[] = [new Set(), new Set()];
  readonly #got: Set<number>[] = [new Set(), new Set()];
  /** The cancels that each task has been given at a wait of its own. */
  readonly #given: Map<Task<unknown>, Set<unknown>> = new Map();
  #items = 0;
  #bodies = 0;

  constructor(program: Program, gears: Gears) {
    this.#program = program;
    this.#gears = gears;
    this.#flow = new FlowActions(this);
    this.#locks = Array.from({ length: program.locks }, () => new Lock());
    this.#holders = this.#locks.map(() => 0);
    this.#semaphores = program.permits.map((count) => new Semaphore(count));
    this.#permitsOut = this.#semaphores.map(() => 0);
    this.#queues = program.queueSizes.map((size) => new Queue<number>(size));
    this.#events = Array.from({ length: program.events }, () => new Event());
  }

  get gear(): Gear {
    if (this.#gears !== 'mixed') return this.#gears;
    this.#bodies += 1;
    return this.#bodies % 3 === 0 ? 'async' : 'generator';
  }

  *main(): EitherBody<void> {
    const main = me();
    for (const { task, ms, turns } of this.#program.blows) main.loop.callLater(ms, () => this.#strike(task, turns));
    const hammer = this.#hammer(main);
    try {
      yield* this.all(this.#program.main);
    } catch (error) {
      this.#judge(error);
    }
    yield* this.#endAll();
    hammer.stop();
    yield* this.#close();
  }

  /** What waits for ever, in its clean-up too, is cancelled again and again. */
  #hammer(main: Task<unknown>): { stop(): void } {
    let strikes = 0;
    const strike = (): void => {
      if (strikes++ === mostStrikes) {
        const labels = this.#left().map((task) => task.label);
        this.broken.push(`never ends: ${labels.join()}`);
        main.loop.stop();
        return;
      }
      for (const task of [...this.#left(), main]) task.cancel('waits for ever');
      timer = main.loop.callLater(longestMs, strike);
    };
    let timer = main.loop.callLater(longestMs, strike);
    return { stop: () => timer.cancel() };
  }

  /** Ends what nobody waited for. */
  *#endAll(): EitherBody<void> {
    for (let left = this.#left(); left.length > 0; left = this.#left()) {
      for (const task of left) task.cancel('the end');
      yield* told(on(wait(left)));
    }
  }

  #left(): Task<unknown>[] {
    return this.#tasks.filter((task) => !task.done());
  }

  /** What must hold when everything is over. */
  *#close(): EitherBody<void> {
    for (const lock of this.#locks) if (lock.locked()) this.broken.push('a lock was never released');
    for (const [i, semaphore] of this.#semaphores.entries()) {
      let free = 0;
      for (; !semaphore.locked() && free < 10; free++) yield* on(semaphore.acquire());
      if (free !== this.#program.permits[i]) this.broken.push(`a semaphore ends with ${free} permits`);
    }
    this.#flow.close();
    for (const [i, queue] of this.#queues.entries()) this.#count(i, queue);
  }

  #count(i: number, queue: Queue<number>): void {
    const put = this.#put[i];
    const got = this.#got[i];
    if (put === undefined || got === undefined) return;
    while (!queue.empty()) this.#take(got, queue.getNowait());
    for (const item of got) if (!put.has(item)) this.broken.push(`item ${item} came out and had not been put in`);
    for (const item of put) if (!got.has(item)) this.broken.push(`item ${item} was lost`);
  }

  #take(got: Set<number>, item: number): void {
    if (got.has(item)) this.broken.push(`item ${item} came out twice`);
    got.add(item);
  }

  #strike(number: number, turns: number): void {
    const task = this.#tasks[number];
    if (task === undefined) return;
    if (turns === 0) task.cancel(`blow ${number}`);
    else task.getLoop().callSoon(() => this.#strike(number, turns - 1));
  }

  /** Errors that a program may end with; anything else is a fault of the runtime. */
  #judge(error: unknown): void {
    if (error instanceof Failure || error instanceof AggregateError) return;
    if (error instanceof CotaskError && ['COTASK_CANCELLED', 'COTASK_TIMEOUT'].includes(error.code)) return;
    this.broken.push(`an error that nobody made: ${String(error)}`);
  }

  *all(actions: readonly Action[]): EitherBody<void> {
    for (const action of actions) yield* this.#one(action);
  }

  /** A wait of the task's own: one cancel is given at most once. */
  *leaf<T>(body: EitherBody<T>): EitherBody<T> {
    const task = me();
    try {
      return yield* watched(this.broken, body);
    } catch (error) {
      if (error instanceof CancelledError) this.#noteGiven(task, error);
      throw error;
    }
  }

  note(task: Task<unknown>): void {
    this.#tasks.push(task);
  }

  #noteGiven(task: Task<unknown>, error: CancelledError): void {
    const given = this.#given.get(task) ?? new Set();
    this.#given.set(task, given);
    if (given.has(error)) this.broken.push(`${task.label} was given the same cancel twice`);
    given.add(error);
  }

  *#one(action: Action): EitherBody<void> {
    switch (action.kind) {
      case 'turn':
        return yield* this.leaf(on(sleep(0)));
      case 'sleep':
        return yield* this.leaf(on(sleep(action.ms)));
      case 'fail':
        throw new Failure('made to fail');
      case 'token':
        return yield* this.#flow.token();
      case 'end group':
        this.#flow.endGroup();
        return;
      case 'put':
        return yield* this.leaf(this.#putInto(action.queue));
      case 'get':
        return yield* this.leaf(this.#getFrom(action.queue));
      case 'set':
        this.#events[action.event]?.set();
        return;
      case 'wait':
        yield* this.leaf(on(at(this.#events, action.event).wait()));
        return;
      case 'cancel':
        this.#tasks[action.task]?.cancel('from inside');
        return;
      case 'join':
        return yield* this.#join(action.task);
      default:
        return yield* this.#nested(action);
    }
  }

  *#nested(action: Extract<Action, { body: Action[] } | { children: Action[][] }>): EitherBody<void> {
    switch (action.kind) {
      case 'lock':
        return yield* this.#withLock(action.lock, action.body);
      case 'permit':
        return yield* this.#withPermit(action.semaphore, action.body);
      case 'timeout':
        return yield* this.#withTimeout(action.ms, action.body);
      case 'group':
        return yield* this.#withGroup(action.children, action.body);
      case 'gather':
        return yield* this.#gatherAll(action.children);
      case 'race':
        return yield* this.#flow.race(action);
      case 'map':
        return yield* this.#flow.map(action);
      case 'retry':
        return yield* this.#flow.retry(action);
      case 'shielded':
        return yield* this.#flow.shielded(action);
      case 'signal':
        return yield* this.#flow.signal(action);
      case 'local':
        return yield* this.#flow.local(action.body);
      case 'shield':
        yield* on(shield(this.spawn(createTask, action.body)));
        return;
      default:
        return yield* this.#tryIt(action.body, action.cleanUp);
    }
  }

  *#putInto(i: number): EitherBody<void> {
    const item = this.#items++;
    yield* on(at(this.#queues, i).put(item));
    at(this.#put, i).add(item);
  }

  *#getFrom(i: number): EitherBody<void> {
    this.#take(at(this.#got, i), yield* on(at(this.#queues, i).get()));
  }

  /** Circles come about: a task joins one that waits for it. */
  *#join(number: number): EitherBody<void> {
    const task = this.#tasks[number];
    if (task === undefined || task === me()) return;
    this.joins += 1;
    try {
      yield* on(task);
    } finally {
      this.joins -= 1;
    }
  }

  *#withLock(i: number, body: readonly Action[]): EitherBody<void> {
    const lock = at(this.#locks, i);
    yield* this.leaf(on(lock.acquire()));
    this.#holders[i] = at(this.#holders, i) + 1;
    if (at(this.#holders, i) > 1) this.broken.push('a lock has two holders');
    try {
      yield* this.all(body);
    } finally {
      this.#holders[i] = at(this.#holders, i) - 1;
      lock.release();
    }
  }

  *#withPermit(i: number, body: readonly Action[]): EitherBody<void> {
    const semaphore = at(this.#semaphores, i);
    yield* this.leaf(on(semaphore.acquire()));
    this.#permitsOut[i] = at(this.#permitsOut, i) + 1;
    if (at(this.#permitsOut, i) > at(this.#program.permits, i)) this.broken.push('a semaphore gave a permit too many');
    try {
      yield* this.all(body);
    } finally {
      this.#permitsOut[i] = at(this.#permitsOut, i) - 1;
      semaphore.release();
    }
  }

  *#withTimeout(ms: number, body: readonly Action[]): EitherBody<void> {
    try {
      yield* on(
        timeout(
          ms,
          inGear(this.gear, () => this.all(body)),
        ),
      );
    } catch (error) {
      if (!(error instanceof CotaskError && error.code === 'COTASK_TIMEOUT')) throw error;
    }
  }

  *#withGroup(children: readonly Child[], body: readonly Action[]): EitherBody<void> {
    const made: Task<unknown>[] = [];
    const inside = inGear(this.gear, (group: TaskGroup) => this.#groupBody(group, children, body, made));
    try {
      yield* on(taskGroup(inside));
    } catch (error) {
      if (!(error instanceof AggregateError)) throw error;
      // A cancel from outside that was given inside a group which failed is due again after it.
      this.#given.delete(me());
    } finally {
      for (const task of made) if (!task.done()) this.broken.push(`${task.label} outlived its group`);
    }
  }

  *#groupBody(
    group: TaskGroup,
    children: readonly Child[],
    body: readonly Action[],
    made: Task<unknown>[],
  ): EitherBody<void> {
    yield* this.#flow.groupChildren(group, children, made);
    yield* this.all(body);
  }

  *#gatherAll(children: readonly Action[][]): EitherBody<void> {
    const made = children.map((child) => this.spawn(createTask, child));
    yield* on(gather(made, { returnExceptions: true }));
    for (const task of made) if (!task.done()) this.broken.push(`${task.label} outlived its gather`);
  }

  *#tryIt(body: readonly Action[], cleanUp: readonly Action[]): EitherBody<void> {
    try {
      yield* this.all(body);
    } catch (error) {
      this.#judge(error);
      yield* this.all(cleanUp);
      if (error instanceof CancelledError) throw error;
    }
  }

  spawn(create: (coro: Awaitable<void>) => Task<unknown>, body: readonly Action[]): Task<unknown> {
    const number = this.#tasks.length;
    const task = create(bodyOf(this.gear, () => this.all(body)));
    task.priority = number % 3;
    task.share = ['a', 'b', null][number % 3] ?? null;
    // The books look at every error; whether one was lost is another test's question.
    task.addDoneCallback((done) => {
      if (!done.cancelled()) this.#judge(done.exception() ?? new Failure('none'));
    });
    this.note(task);
    return task;
  }
}

function bodyOf(gear: Gear, write: () => EitherBody<void>) {
  return coroutine(inGear(gear, write))();
}

function at<T>(list: readonly T[], i: number): T {
  const found = list[i];
  if (found === undefined) throw new RangeError(`nothing at ${i}`);
  return found;
}

/** Checks, at the beginning of each step, that it is the one that has been ready the longest. */
function watchOrder(loopOf: () => EventLoop | null, broken: string[]): () => void {
  let next: Task<unknown> | null = null;
  return addHooks({
    stepBegins(task) {
      if (task.getLoop() !== loopOf() || isBeginningEagerly()) return;
      if (next !== null && next !== task) broken.push(`${task.label} ran before ${next.label}, which was ready first`);
      next =
        task
          .getLoop()
          .readyTasks()
          .find((ready) => ready !== task) ?? null;
    },
    taskEnded(task) {
      if (task === next) next = null;
    },
  });
}

/** Plays a program; what it broke. */
export async function perform(program: Program, gears: Gears, policy: SchedulingPolicy): Promise<string[]> {
  const performance = new Performance(program, gears);
  const loop = new EventLoop({ host: new VirtualHost(), policy });
  loop.setExceptionHandler((_, { message, exception }) => {
    // A race, a map or a task being started that its task has left, because of a circle of waits, has nobody to tell what
    // came of it; such a task may also say that it is ready to a group that has ended.
    const isLeft = exception instanceof CotaskError && exception.code === 'COTASK_GROUP_ENDED';
    if (!(exception instanceof Failure || exception instanceof AggregateError || isLeft))
      performance.broken.push(`reported: ${message} ${String(exception)}`);
  });
  const unwatch = policy.name === 'fifo' ? watchOrder(() => loop, performance.broken) : () => {};
  try {
    await run(
      bodyOf(performance.gear, () => performance.main()),
      { loopFactory: () => loop },
    );
  } catch (error) {
    performance.broken.push(String(error));
  } finally {
    unwatch();
  }
  if (loop.waitingTasks().length + loop.readyTasks().length > 0) performance.broken.push('the loop is not empty');
  return performance.broken;
}
