import { expect, test } from 'vitest';

import { Runner, allTasks, coroutine, createTask, getRunningLoop, run, sleep } from '../index.ts';
import type { EventLoop } from '../index.ts';
import { newLog } from '../testing/transcript.ts';
import { VirtualHost } from '../testing/virtual-host.ts';

const host = (): VirtualHost => new VirtualHost();

test('a tracked async generator is closed at the end of the run, after the leftovers', async () => {
  const log = newLog();
  async function* generate(): AsyncGenerator<number, void, undefined> {
    try {
      yield 1;
      yield 2;
    } finally {
      log('generator closes; tasks:', allTasks().length);
      await sleep(1);
      log('closed at', getRunningLoop().time());
    }
  }
  const left = coroutine(async () => {
    try {
      await sleep(100);
    } finally {
      log('leftover cancelled');
    }
  });
  const main = coroutine(async () => {
    const generator = getRunningLoop().trackAsyncgen(generate());
    log((await generator.next()).value);
    createTask(left());
    await sleep(1);
    log('main ends');
  });
  await run(main(), { host: host() });
  expect(log.lines).toEqual(['1', 'main ends', 'leftover cancelled', 'generator closes; tasks: 1', 'closed at 2']);
});

test('an error in its clean-up is reported, and the run gives its value', async () => {
  const log = newLog();
  async function* generate(): AsyncGenerator<number, void, undefined> {
    try {
      yield 1;
    } finally {
      // oxlint-disable-next-line no-unsafe-finally
      throw new Error('in the generator');
    }
  }
  let loop: EventLoop | undefined;
  const main = coroutine(async () => {
    loop = getRunningLoop();
    loop.setExceptionHandler((_, { message, exception }) => log(message, exception));
    await loop.trackAsyncgen(generate()).next();
    return 'value';
  });
  log(await run(main(), { host: host() }));
  expect(log.lines).toEqual(['an async generator failed when it was closed: in the generator', 'value']);
});

test('shutdownAsyncgens closes them once, and those that have ended are none of its business', async () => {
  const log = newLog();
  async function* generate(name: string): AsyncGenerator<string, void, undefined> {
    try {
      yield name;
    } finally {
      log('closed', name);
    }
  }
  await using runner = new Runner({ host: host() });
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    const [a, b] = [loop.trackAsyncgen(generate('a')), loop.trackAsyncgen(generate('b'))];
    await a.next();
    for await (const name of b) log('got', name);
    await loop.shutdownAsyncgens();
    log('all closed');
    await loop.shutdownAsyncgens();
  });
  await runner.run(main());
  expect(log.lines).toEqual(['got b', 'closed b', 'closed a', 'all closed']);
});

test('tasks that a generator leaves when it is closed are cancelled as well', async () => {
  const log = newLog();
  async function* generate(): AsyncGenerator<number, void, undefined> {
    try {
      yield 1;
    } finally {
      createTask(late());
      await sleep(1);
    }
  }
  const late = coroutine(async () => {
    try {
      await sleep(100);
    } finally {
      log('late task cancelled');
    }
  });
  const main = coroutine(async () => {
    await getRunningLoop().trackAsyncgen(generate()).next();
  });
  await run(main(), { host: host() });
  expect(log.lines).toEqual(['late task cancelled']);
});
