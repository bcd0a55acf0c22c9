/**
 * Where the platform carries no async context, a variable knows the current task: whole in the generator gear, and in the
 * async gear up to the first await of a foreign promise. A child process, because the context is chosen once, at load.
 */
import { expect, test } from 'vitest';

import { runSource } from '../probes/start-program.ts';

const program = `
process.getBuiltinModule = undefined;
const { coroutine, createTask, currentTask, gather, run, sleep, taskLocal, timeout } = await import('cotask');
const told = async (awaitable) => {
  try {
    return await awaitable;
  } catch (error) {
    return error.code;
  }
};
const asynchronous = coroutine(async () => {
  await sleep(1);
  console.log(currentTask()?.name);
  console.log(await told(timeout(5, async () => { await sleep(1_000); })));
  const task = createTask(coroutine(async () => { await sleep(1_000); })());
  await sleep(1);
  task.cancel();
  console.log(await told(task), task.cancelled());
});
const generator = coroutine(function* () {
  yield* sleep(1);
  console.log(currentTask()?.name);
  try {
    yield* timeout(5, function* () { yield* sleep(1_000); });
  } catch (error) {
    console.log(error.code);
  }
});
const mark = taskLocal({ default: 'none' });
const named = (body, name) => createTask(coroutine(body)(), { name, eager: true });
const eager = (gear) => coroutine(gear === 'async' ? async () => {
  mark.set('maker');
  const inner = async () => {
    mark.set('child');
    await sleep(1);
    return currentTask()?.name + ' ' + mark.get();
  };
  const both = [named(inner, 'a'), named(inner, 'b')];
  await sleep(0);
  console.log(currentTask()?.name, mark.get(), ...await gather(both), await mark.run('run', async () => (await sleep(1), mark.get())));
} : function* () {
  mark.set('maker');
  const both = [
    named(async () => (await sleep(1), currentTask()?.name), 'a'),
    named(function* () { yield* sleep(1); return currentTask()?.name + ' ' + mark.get(); }, 'b'),
  ];
  console.log(currentTask()?.name, mark.get(), ...(yield* gather(both)));
});
await run(asynchronous());
await run(generator());
await run(eager('async')());
await run(eager('generator')());
`;

test('both gears know their task, and cancels arrive, without a context of the platform', async () => {
  const { out } = await runSource(program);
  expect(out).toEqual([
    'main',
    'COTASK_TIMEOUT',
    'COTASK_CANCELLED true',
    'main',
    'COTASK_TIMEOUT',
    'main maker a child b child run',
    'main maker a b maker',
  ]);
});
