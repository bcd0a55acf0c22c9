/** What locks and semaphores have in common: a task takes them, at once or in its turn. */
import type { Future } from '../tasks/future.ts';
import { tagOf } from '../tasks/name-tag.ts';
import type { NameTag } from '../tasks/name-tag.ts';
import { OneWait } from '../tasks/one-wait.ts';
import type { Task } from '../tasks/task.ts';
import { Guard } from './guard.ts';

/** Something that is taken and released. */
export interface Holdable {
  /** @internal Takes it when it is free; else joins those who wait. */
  takeOrWait(): Future<void> | null;
  /** @internal It is this task's now. */
  takenBy(holder: NameTag | null): void;
  release(): void;
}

abstract class Taking<T> extends OneWait<T> {
  declare protected readonly held: Holdable;
  declare private by: Task<unknown> | null;

  constructor(label: string, held: Holdable) {
    super(label);
    this.held = held;
    this.by = null;
  }

  protected wait(by: Task<unknown> | null): Future<void> | null {
    this.by = by;
    return this.held.takeOrWait();
  }

  protected now(): T {
    return this.after();
  }

  protected after(): T {
    this.held.takenBy(tagOf(this.by));
    return this.proof();
  }

  protected abstract proof(): T;
}

/** @internal */
export class Acquire extends Taking<true> {
  constructor(held: Holdable) {
    super('acquire', held);
  }

  protected proof(): true {
    return true;
  }
}

/** @internal */
export class Hold extends Taking<Guard> {
  constructor(held: Holdable) {
    super('hold', held);
  }

  protected proof(): Guard {
    return new Guard(this.held);
  }
}
