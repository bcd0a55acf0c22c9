/**
 * A program that asks for every URL it is given on standard input, as `[name, method, url, headers, times]`, and prints how
 * each ended, and the most memory that it ever held.
 */
import { coroutine, forEach, runMain } from 'cotask';
import { text } from 'node:stream/consumers';
import { ClientSession } from '../index.ts';

export type HostileUrl = readonly [
  name: string,
  method: string,
  url: string,
  headers: Record<string, string>,
  times: number,
];

/** What the program prints. */
export interface HostileReport {
  /** The status, or the code of the error and, for a deadline, its name. */
  readonly ends: Record<string, string>;
  /** Megabytes. */
  readonly peak: number;
}

const endOf = coroutine(async ([, method, url, headers, times]: HostileUrl): Promise<string> => {
  await using session = new ClientSession({
    timeout: { total: 20_000, sockRead: 2000, firstByte: 3500, minThroughput: 1000, throughputWindow: 2500 },
    maxBodySize: 4_000_000,
  });
  let end = '';
  for (let i = 0; i < times; i++) {
    try {
      const response = await session.request(method, url, { headers });
      await response.bytes();
      end = String(response.status);
    } catch (error) {
      end = describe(error);
    }
  }
  return end;
});

function describe(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return String(error);
  return 'deadline' in error ? `${String(error.code)} ${String(error.deadline)}` : String(error.code);
}

const main = coroutine(async () => {
  const urls: readonly HostileUrl[] = JSON.parse(await text(process.stdin));
  const ends: Record<string, string> = {};
  await forEach(
    urls,
    coroutine(async (url: HostileUrl) => {
      ends[url[0]] = await endOf(url);
    }),
    { concurrency: 20 },
  );
  const report: HostileReport = { ends, peak: Math.round(process.resourceUsage().maxRSS / 1024) };
  console.log(JSON.stringify(report));
});

runMain(main());
