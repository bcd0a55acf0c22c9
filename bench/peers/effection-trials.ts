/** Effection: a spawned operation a task. Its channel has no bound; it has no lock and no limit. */
import { action, createChannel, run, sleep, spawn } from 'effection';
import { check, sleepMs } from '../trials/trial.ts';

function* spawnAll(count, operation) {
  const started = [];
  for (let i = 0; i < count; i++) started.push(yield* spawn(() => operation(i)));
  return started;
}

function* number(i) {
  return i;
}

function* onAction() {
  yield* action(() => () => {});
}

const nextTurn = () =>
  action((resolve) => {
    setImmediate(resolve);
    return () => {};
  });

export const trials = {
  spawn: (count) =>
    run(function* () {
      let sum = 0;
      for (const task of yield* spawnAll(count, number)) sum += yield* task;
      check(sum, count);
    }),
  queues: (count) =>
    run(function* () {
      const channel = createChannel();
      const items = yield* channel;
      const producer = yield* spawn(function* () {
        for (let i = 0; i < count; i++) yield* channel.send(i);
      });
      let sum = 0;
      for (let i = 0; i < count; i++) sum += (yield* items.next()).value;
      yield* producer;
      check(sum, count);
    }),
  timers: (count) =>
    run(function* () {
      for (const task of yield* spawnAll(count, (i) => sleep(sleepMs(i)))) yield* task;
    }),
  cancel: (count, clock) =>
    run(function* () {
      const started = yield* spawnAll(count, onAction);
      yield* nextTurn();
      clock.restart();
      for (const task of started) yield* task.halt();
    }),
};
