/**
 * What a task leaves behind where it did something: at a lock that it took, at a queue that it filled. So a deadlock can
 * name who could have ended a wait. A tag outlives its task without keeping it, or its result, alive.
 */
import type { Task } from './task.ts';

/** What a wait is for, where that knows more than its words. It is asked only when somebody looks. */
export interface WaitedFor {
  /** What is waited for, in words. */
  readonly label: string;
  /** What is known of who could end the wait, in words that follow the label. */
  readonly known?: string;
  /** Who that is. */
  readonly enders?: readonly NameTag[];
}

/** The name of a task, and the task while it has not ended. A future that has no other label says who made it. */
export class NameTag implements WaitedFor {
  task: Task<unknown> | null;
  /** A number is a name that nobody gave. */
  #name: string | number;

  constructor(name: string | number, task: Task<unknown> | null) {
    this.#name = name;
    this.task = task;
  }

  get name(): string {
    return typeof this.#name === 'number' ? `Task-${this.#name}` : this.#name;
  }

  set name(name: string) {
    this.#name = name;
  }

  get label(): string {
    return 'a future';
  }

  get known(): string {
    return ` made by ${this.words()}`;
  }

  words(): string {
    return `task "${this.name}"${this.task === null ? ' (ended)' : ''}`;
  }
}

/** The tag of a task that does one item after the other; each item has a tag of its own. */
export class ItemTag extends NameTag {
  /** Somebody was given the task: for him it is the task of this item, and has to end with it. */
  shown = false;
  #index: number | null;

  constructor(prefix: string, index: number, task: Task<unknown>) {
    super(prefix, task);
    this.#index = index;
  }

  override get name(): string {
    return this.#index === null ? super.name : `${super.name} #${this.#index}`;
  }

  override set name(name: string) {
    super.name = name;
    this.#index = null;
  }
}

/** Notes that a task is handed to code of a user. */
export function shown<T extends Task<unknown>>(task: T): T {
  if (task.tagged instanceof ItemTag) task.tagged.shown = true;
  return task;
}

/** So many are named; who comes after them is "others". */
const most = 4;

/** The tag of a task, where there is one. */
export function tagOf(task: Task<unknown> | null): NameTag | null {
  return task === null ? null : task.tag;
}

/** Who has done a thing so far: one comparison each time, as long as the same task does it. */
export class Doers {
  tags: NameTag[] = [];
  #last: NameTag | null | undefined = undefined;
  /** It was also done by more tasks than are named, or outside any task. */
  #others = false;

  /** `by` does it now; null: code outside any task. */
  note(by: NameTag | null): void {
    if (by !== this.#last) this.#add(by);
  }

  #add(by: NameTag | null): void {
    this.#last = by;
    if (by !== null && this.tags.includes(by)) return;
    if (by === null || this.tags.length === most) this.#others = true;
    else this.tags.push(by);
  }

  /** For example `which only task "a" has filled`. */
  told(done: string): string {
    if (this.tags.length === 0) return `, ${done} from outside any task`;
    return this.alone
      ? `, which only ${listed(this.tags)} has ${done}`
      : `, ${done} by ${listed(this.tags, this.#others)}`;
  }

  /** True when one task alone has done it. */
  get alone(): boolean {
    return this.tags.length === 1 && !this.#others;
  }
}

/** Who has done it, in words that follow what it was done to. */
export function told(doers: Doers | null, done: string): string {
  return doers === null ? `, which nobody has ${done}` : doers.told(done);
}

/** The one task that has done it, where it is one alone: whoever waits for that to be done again waits for this task. */
export function soleDoer(doers: Doers | null): readonly NameTag[] {
  return doers !== null && doers.alone ? doers.tags : [];
}

/** `task "a", task "b" and others`. */
export function listed(tags: readonly NameTag[], others = false): string {
  const names = tags.slice(0, most).map((tag) => tag.words());
  if (others || tags.length > most) names.push('others');
  const last = names.pop() ?? '';
  return names.length === 0 ? last : `${names.join(', ')} and ${last}`;
}
