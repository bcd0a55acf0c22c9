/**
 * A task that does an item. Making one costs more than most items, so it does another one afterwards, where nobody can tell
 * it from a new one: nobody was given the task, nothing was asked of it, and the item left nothing in it. An item of the
 * async gear may leave code behind that goes on in the task's name, and has a task to itself.
 *
 * It is a body written by hand: a generator around the item's own would be resumed with every step of that.
 */
import { stepsOf } from '../tasks/call.ts';
import { coroutine } from '../tasks/coroutine.ts';
import { context } from '../tasks/current.ts';
import type { EventLoop } from '../tasks/event-loop.ts';
import { AsyncBody, throwInto } from '../tasks/gears/generator.ts';
import { watched } from '../tasks/hooks.ts';
import { ItemTag } from '../tasks/name-tag.ts';
import type { Wait } from '../tasks/park.ts';
import type { Locals, Scope } from '../tasks/scope.ts';
import { sleep } from '../tasks/sleep.ts';
import type { Task } from '../tasks/task.ts';

/** What is done with each item, and what its task is called. */
export interface Work {
  readonly name: string;
  readonly fn: (item: unknown, index: number) => unknown;
}

/** Who gives out the items. */
export interface Employer {
  /** An item is done; true when the worker was given another one. */
  itemDone(worker: Worker, index: number, value: unknown): boolean;
}

type Steps = Iterator<Wait, unknown, unknown>;
type Result = IteratorResult<Wait, unknown>;

/** @internal */
export class Worker implements Steps {
  readonly #employer: Employer;
  readonly #work: Work;
  #item: unknown;
  #index: number;
  /** What does the item; null before that. */
  #steps: Steps | null = null;
  #task: Task<unknown> | null = null;
  #tag: ItemTag | null = null;
  /** The values of task locals that it began with. */
  #values: ReadonlyMap<object, unknown> | null = null;
  /** It gives way before it begins its item. */
  #turn: Steps | null = null;

  constructor(employer: Employer, work: Work, item: unknown, index: number) {
    this.#employer = employer;
    this.#work = work;
    this.#item = item;
    this.#index = index;
  }

  /** Makes its task. */
  begin(loop: EventLoop): Task<unknown> {
    const name = `${this.#work.name} #${this.#index}`;
    const task = loop.createTask(worker(this), { name });
    this.#values = valuesOf(task.scope.locals);
    this.#task = task;
    if (task.tagged === name && loop.getTaskFactory() === null) this.#tagTask(task);
    return task;
  }

  /** Gets another item; false when that needs a task which begins with other values of task locals. */
  take(item: unknown, index: number, locals: Locals | null): boolean {
    const task = this.#task;
    if (task === null || valuesOf(locals) !== this.#values) return false;
    this.#item = item;
    this.#index = index;
    this.#tagTask(task);
    return true;
  }

  #tagTask(task: Task<unknown>): void {
    if (this.#tag !== null) this.#tag.task = null;
    task.tagged = this.#tag = new ItemTag(this.#work.name, this.#index, task);
  }

  /** True when its task can be taken for one that has done nothing yet. */
  get isAsNew(): boolean {
    const task = this.#task;
    const tag = this.#tag;
    if (task === null || tag === null || tag.shown || task.tagged !== tag || task.asked !== null) return false;
    return this.#leftNothing(task.scope) && !(this.#steps instanceof AsyncBody) && !watched();
  }

  /** The one wait is that of its own body; whoever has awaited in it may have left more than that. */
  #leftNothing({ asked, last, inside, lastWait, locals, spare }: Scope): boolean {
    if (asked !== null || last !== null || spare !== null || valuesOf(locals) !== this.#values) return false;
    return (inside === null || inside.size === 0) && lastWait !== null && lastWait.nextInScope === lastWait;
  }

  next(): Result {
    if (this.#steps === null) return this.#turn === null ? this.#begin() : this.#afterTurn(this.#turn);
    const result = this.#steps.next();
    return result.done === true ? this.#done(result) : result;
  }

  throw(error: unknown): Result {
    if (this.#steps === null) throw error;
    const result = throwInto(this.#steps, error);
    return result.done === true ? this.#done(result) : result;
  }

  /** Begins its item. Items that wait for nothing give way all the same. */
  #begin(): Result {
    const steps = (this.#steps = stepsOf(this.#work.fn(this.#item, this.#index)));
    this.#item = undefined;
    const result = steps.next();
    return result.done === true && this.#hasAnother(result.value) ? this.#giveWay() : result;
  }

  /** The context of an item begins anew: what the one before it has entered is left. */
  #done(result: IteratorReturnResult<unknown>): Result {
    if (!this.#hasAnother(result.value)) return result;
    return (this.#task?.ownFrame() ?? context.capture()).runInAsyncScope(this.#begin, this);
  }

  #hasAnother(value: unknown): boolean {
    return this.#employer.itemDone(this, this.#index, value);
  }

  #giveWay(): Result {
    this.#steps = null;
    this.#turn = sleep(0)[Symbol.iterator]();
    return this.#turn.next();
  }

  #afterTurn(turn: Steps): Result {
    const result = turn.next();
    if (result.done !== true) return result;
    this.#turn = null;
    return this.#begin();
  }
}

function valuesOf(locals: Locals | null): ReadonlyMap<object, unknown> | null {
  return locals === null ? null : locals.values;
}

const worker = coroutine((self: Worker) => self);
