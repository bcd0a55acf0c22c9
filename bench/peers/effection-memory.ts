/** Effection: a spawned operation a task, an action each to wait for. */
import { action, run, spawn } from 'effection';

function* onAction() {
  yield* action(() => () => {});
}

export const waitAll = (_waitedFor, tasks, measure) =>
  run(function* () {
    const started = [];
    for (let i = 0; i < tasks; i++) started.push(yield* spawn(onAction));
    yield* action((resolve) => {
      setImmediate(resolve);
      return () => {};
    });
    measure();
    for (const task of started) yield* task.halt();
  });
