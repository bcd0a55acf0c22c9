/**
 * Effection: an operation a task. Its own `sleep(0)` is a timer of the platform's, three times as dear as the cheapest
 * wait that lets the others run, which is an action that a microtask resolves.
 */
import { action, run, spawn } from 'effection';

const turn = () =>
  action((resolve) => {
    queueMicrotask(resolve);
    return () => {};
  });

function* giveWay(rounds, stopwatch) {
  yield* turn();
  stopwatch.taskBegan();
  for (let i = 0; i < rounds; i++) yield* turn();
  stopwatch.taskEnded();
}

export const switches = (tasks, rounds, stopwatch) =>
  run(function* () {
    const started = [];
    for (let i = 0; i < tasks; i++) started.push(yield* spawn(() => giveWay(rounds, stopwatch)));
    for (const task of started) yield* task;
  });
