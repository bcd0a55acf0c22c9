/** One session; a task a worker, which does one request after the other. */
import { coroutine, gather, run } from 'cotask';
import { ClientSession } from '@cotask/http';
import type { Client, Job } from './job.ts';

export function openClient(): Client {
  const session = new ClientSession();
  const work = coroutine(async (job: Job) => {
    for (let request = job.begin(); request >= 0; request = job.begin()) {
      const response = await session.get(job.url);
      job.end(request, (await response.bytes()).length);
    }
  });
  const download = coroutine(async (jobs: Iterable<Job>, atOnce: number) => {
    for (const job of jobs) await gather(Array.from({ length: atOnce }, () => work(job)));
  });
  return { download: (jobs, atOnce) => run(download(jobs, atOnce)), close: () => session.close() };
}
