/** One session; a task a worker, which does one request after the other. */
import { coroutine, gather, run } from 'cotask';
import { ClientSession } from '@cotask/http';
import type { Client, Job } from './job.ts';

export function openClient(): Client {
  const session = new ClientSession();
  const work = coroutine(function* (job: Job) {
    for (let request = job.begin(); request >= 0; request = job.begin()) {
      const response = yield* session.get(job.url);
      job.end(request, (yield* response.bytes()).length);
    }
  });
  const download = coroutine(function* (jobs: Iterable<Job>, atOnce: number) {
    for (const job of jobs) yield* gather(Array.from({ length: atOnce }, () => work(job)));
  });
  return { download: (jobs, atOnce) => run(download(jobs, atOnce)), close: () => session.close() };
}
