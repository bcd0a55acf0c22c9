/** What a run leaves behind is cancelled and waited for, and what that leaves behind as well, until nothing is left. */
import { cancelAll } from '../tasks/cancel.ts';
import type { EventLoop } from '../tasks/event-loop.ts';
import type { Task } from '../tasks/task.ts';

/** Cancels every task of a loop, waits for them, and does so again for those that came meanwhile; then calls `none`. */
export function cancelLeftovers(loop: EventLoop, none: () => void): void {
  const tasks = loop.tasks.all();
  if (tasks.length === 0) lookAgain(loop, none);
  else cancelAndWait(loop, tasks, none);
}

/** Code outside any task that was woken just now goes on in microtasks, and may wait again. */
function lookAgain(loop: EventLoop, none: () => void): void {
  loop.host.drained(() => {
    if (loop.tasks.count === 0) none();
    else cancelLeftovers(loop, none);
  });
}

function cancelAndWait(loop: EventLoop, tasks: readonly Task<unknown>[], none: () => void): void {
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
