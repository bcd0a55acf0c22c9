/** What a run leaves behind is cancelled and waited for, and what that leaves behind as well, until nothing is left. */
import { cancelAll } from '../tasks/cancel.ts';
import type { EventLoop } from '../tasks/event-loop.ts';

/** Cancels every task of a loop, waits for them, and does so again for those that came meanwhile; then calls `none`. */
export function cancelLeftovers(loop: EventLoop, none: () => void): void {
  const tasks = loop.allTasks();
  if (tasks.length === 0) {
    none();
    return;
  }
  let left = tasks.length;
  for (const task of tasks) {
    task.addWaiter({
      looks: false,
      wake: () => {
        left -= 1;
        if (left === 0) loop.ready({ owner: null, run: again });
      },
    });
  }
  const again = (): boolean => {
    cancelLeftovers(loop, none);
    return true;
  };
  cancelAll(tasks, 'shutdown', null);
}
