/** The tasks of a loop that have not ended, in the order in which they were made. */
import { shown } from './name-tag.ts';
import type { Task } from './task.ts';

/** A list through the tasks themselves: to join and to leave it allocates nothing. */
export class TaskList {
  count = 0;
  #first: Task<unknown> | null = null;
  #last: Task<unknown> | null = null;
  #anonymous = 0;

  add(task: Task<unknown>): void {
    task.previousTask = this.#last;
    if (this.#last === null) this.#first = task;
    else this.#last.nextTask = task;
    this.#last = task;
    this.count += 1;
    if (task.anonymous) this.#anonymous += 1;
  }

  delete(task: Task<unknown>): void {
    const { previousTask, nextTask } = task;
    if (previousTask === null) this.#first = nextTask;
    else previousTask.nextTask = nextTask;
    if (nextTask === null) this.#last = previousTask;
    else nextTask.previousTask = previousTask;
    task.nextTask = task.previousTask = null;
    this.count -= 1;
    if (task.anonymous) this.#anonymous -= 1;
  }

  all(): Task<unknown>[] {
    const tasks: Task<unknown>[] = [];
    for (let task = this.#first; task !== null; task = task.nextTask) tasks.push(shown(task));
    return tasks;
  }

  /** True while code outside any task, which never is in flight, stands at a promise that is not the loop's own. */
  standOutside(): boolean {
    return this.#anonymous > 0 && this.all().some((task) => task.anonymous && !task.scope.hasOpenWaits());
  }
}
