/** The requests of a measurement: dealt out one by one, timed one by one. */
import { perOperation, readClocks, spentSince } from '../harness/clocks.ts';
import type { Cost, Spent } from '../harness/clocks.ts';
import { percentile } from '../harness/statistics.ts';

/** So many requests for one URL, on a clock from the begin of the first to the end of the last. */
export class Job {
  readonly url: string;
  readonly #bytes: number;
  readonly #count: number;
  readonly #began: Float64Array;
  readonly #took: Float64Array;
  #begun = 0;
  #done = 0;
  #start: Spent = { wallMs: 0, cpuMs: 0 };
  #spent: Spent | null = null;

  /** Each response's body has `bytes` bytes. */
  constructor(url: string, bytes: number, count: number) {
    this.url = url;
    this.#bytes = bytes;
    this.#count = count;
    this.#began = new Float64Array(count);
    this.#took = new Float64Array(count);
  }

  /** The number of a request that begins now, or -1 when all have begun. */
  begin(): number {
    if (this.#begun === this.#count) return -1;
    if (this.#begun === 0) this.#start = readClocks();
    this.#began[this.#begun] = performance.now();
    this.#begun += 1;
    return this.#begun - 1;
  }

  /** That request is done: its body has been read whole. */
  end(request: number, bytes: number): void {
    if (bytes !== this.#bytes) throw new Error(`${this.url} has ${this.#bytes} bytes, ${bytes} came`);
    this.#took[request] = performance.now() - (this.#began[request] ?? 0);
    this.#done += 1;
    if (this.#done === this.#count) this.#spent = spentSince(this.#start);
  }

  /** What one request cost. */
  get cost(): Cost {
    if (this.#spent === null) throw new Error(`${this.#done} of ${this.#count} requests were done`);
    return perOperation(this.#spent, this.#count);
  }

  /** Milliseconds from begin to end that `share` per cent of the requests did not exceed. */
  latency(share: number): number {
    return percentile([...this.#took], share);
  }
}

/** A client that is compared. */
export interface Client {
  /** Does the jobs one after the other, and of each so many requests at a time. */
  download(jobs: Iterable<Job>, atOnce: number): PromiseLike<unknown>;
  /** Ends its connections. */
  close(): PromiseLike<unknown> | void;
}

/** What the module of a contestant exports. */
export interface ClientModule {
  openClient(atOnce: number): Client;
}

/** `atOnce` async functions, each of which does one request after the other with `get`, which gives the bytes received. */
export async function downloadWith(
  get: (url: string) => PromiseLike<number>,
  jobs: Iterable<Job>,
  atOnce: number,
): Promise<void> {
  const work = async (job: Job): Promise<void> => {
    for (let request = job.begin(); request >= 0; request = job.begin()) job.end(request, await get(job.url));
  };
  for (const job of jobs) await Promise.all(Array.from({ length: atOnce }, () => work(job)));
}
