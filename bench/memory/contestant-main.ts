/**
 * One contestant in a process of its own: `contestant-main.ts FILE shared|future|event|sleep TASKS` prints
 * `{ "heap": …, "rss": …, "endMs": … }`: what a waiting task takes, in bytes, after garbage collection, and how long it took
 * to end them all.
 */
import type { WaitAll, WaitedFor } from './workload.ts';

const [file = '', waitedFor = '', count = ''] = process.argv.slice(2);
const tasks = Number(count);
const { waitAll }: { waitAll: WaitAll } = await import(file);

interface Memory {
  readonly heap: number;
  readonly rss: number;
}

interface Report extends Memory {
  readonly endMs: number;
}

function readMemory(): Memory {
  if (globalThis.gc === undefined) throw new Error('run this with --expose-gc');
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed, rss };
}

/** Code that has run once takes memory that no task does. */
const warmUpTasks = 1_000;

function isWaitedFor(name: string): name is WaitedFor {
  return name === 'shared' || name === 'future' || name === 'event' || name === 'sleep';
}

async function measure(name: WaitedFor): Promise<Report> {
  await waitAll(name, warmUpTasks, () => {});
  const before = readMemory();
  let during = before;
  let ending = 0;
  await waitAll(name, tasks, () => {
    during = readMemory();
    ending = performance.now();
  });
  const endMs = performance.now() - ending;
  return { heap: (during.heap - before.heap) / tasks, rss: (during.rss - before.rss) / tasks, endMs };
}

if (!isWaitedFor(waitedFor)) throw new Error(`nothing waits for ${waitedFor}`);
console.log(JSON.stringify(await measure(waitedFor)));
