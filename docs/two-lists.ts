// Draws docs/two-lists.svg: the two lists of a loop, as they stand at one moment of a small program.
//
//   node --conditions=cotask-source docs/two-lists.ts > docs/two-lists.svg
import { coroutine, createTask, gather, getRunningLoop, Queue, run, Semaphore, sleep } from 'cotask';
import type { GeneratorBody } from 'cotask';
import { describeWaits, park } from 'cotask/lowlevel';
import { VirtualHost } from 'cotask/testing';
import { draw } from './pictures/drawing.ts';
import type { Snapshot } from './pictures/drawing.ts';

/** Six pages, four requests at a time, a writer and a clock; looked at while page b goes on with its answer. */
const takeSnapshot = coroutine(function* (): GeneratorBody<Snapshot> {
  const answers = new Map<string, () => void>();
  const atOnce = new Semaphore(4, { name: 'four at once' });
  const pages = new Queue<string>(0, { name: 'pages' });
  let snapshot: Snapshot | null = null;

  const readPage = coroutine(function* (name: string) {
    yield* atOnce.acquire();
    yield* park<void>(`the answer to GET /${name}`, ({ resolve }) => void answers.set(name, resolve));
    snapshot ??= lookAround();
  });
  createTask(pages.get(), { name: 'writer' });
  createTask(sleep(250), { name: 'clock' });
  const readers = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => createTask(readPage(name), { name: `page ${name}` }));
  createTask(coroutine(() => gather(readers))(), { name: 'crawl' });
  yield* sleep(1);
  for (const name of ['b', 'c', 'd']) answers.get(name)?.();
  yield* sleep(0);
  if (snapshot === null) throw new Error('no page has read its answer');
  return snapshot;
});

function lookAround(): Snapshot {
  const loop = getRunningLoop();
  const ready = loop.readyTasks().filter((task) => task.name !== 'main'); // the one that makes the others
  return {
    running: 'page b',
    ready: ready.map((task) => task.name),
    waiting: loop.waitingTasks().map((task) => ({ name: task.name, waitsFor: describeWaits(task) })),
  };
}

/** The picture, the same in every run. */
export async function drawTwoLists(): Promise<string> {
  return draw(await run(takeSnapshot(), { host: new VirtualHost() }));
}

if (import.meta.main) process.stdout.write(await drawTwoLists());
