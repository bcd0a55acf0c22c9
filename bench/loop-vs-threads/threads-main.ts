/** A pool of worker threads, each taking the next download when it has done its last: `threads-main.ts ORIGIN FILES THREADS`. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { reportOn } from './report.ts';

const [origin = '', count = '', threads = ''] = process.argv.slice(2);
const files = Number(count);
const next = new SharedArrayBuffer(4);

async function startThread(): Promise<Worker> {
  const worker = new Worker(new URL('./thread.mjs', import.meta.url), { workerData: { origin, files, next } });
  await once(worker, 'message');
  return worker;
}

/** Gives the bytes that one thread received. */
async function runThread(worker: Worker): Promise<number> {
  const ended = once(worker, 'exit');
  worker.postMessage('go');
  const [bytes] = await once(worker, 'message');
  await ended;
  return Number(bytes);
}

await reportOn(files, async (started) => {
  const workers = await Promise.all(Array.from({ length: Number(threads) }, startThread));
  started();
  const sizes = await Promise.all(workers.map(runThread));
  return sizes.reduce((a, b) => a + b, 0);
});
