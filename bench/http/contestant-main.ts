/**
 * One client, one size, one process: `contestant-main.ts FILE URL BYTES COUNT AT_ONCE`. Prints a report on the last of
 * several jobs. With a sixth argument, `profile`, it prints where the time of that one went as well.
 */
import { SelfProfiler } from '../harness/profiler.ts';
import { Job } from './job.ts';
import type { ClientModule } from './job.ts';
import type { Report } from './report.ts';

/** Jobs before the one that counts: until then V8 compiles, which takes as much of the processor as the requests do. */
const warmUps = 4;

const [file = '', url = '', bytes = '', count = '', most = '', profile] = process.argv.slice(2);
const { openClient }: ClientModule = await import(file);
const atOnce = Number(most);
const profiler = profile === undefined ? null : new SelfProfiler();
await profiler?.prepare();

const jobs = Array.from({ length: warmUps + 1 }, () => new Job(url, Number(bytes), Number(count)));
function* inTurn(): Generator<Job, void, void> {
  yield* jobs.slice(0, warmUps);
  profiler?.start();
  yield* jobs.slice(warmUps);
}

const client = openClient(atOnce);
await client.download(inTurn(), atOnce);
const [first, last] = [jobs.at(0), jobs.at(-1)];
if (first === undefined || last === undefined) throw new Error('there is no job');
const peakBytes = process.resourceUsage().maxRSS * 1_024;
const report: Report = {
  ...last.cost,
  firstCpuNs: first.cost.cpuNs,
  p50: last.latency(50),
  p99: last.latency(99),
  peakBytes,
};
console.log(JSON.stringify(report));
await profiler?.print();
await client.close();
