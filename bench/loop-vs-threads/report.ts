/** What a contestant of `loop-vs-threads` reports about itself. */

/** The size of every file of the origin. */
const fileSize = 1_024;

/** Time that passed, and processor time of all threads of the process meanwhile; milliseconds. */
interface Spent {
  readonly wallMs: number;
  readonly cpuMs: number;
}

export interface Report extends Spent {
  /** How much of it went by before the first download: threads were started. */
  readonly start: Spent;
  /** The most memory that the process has held, in bytes. */
  readonly peakBytes: number;
}

/**
 * Runs `download`, which gives the bytes that it received and calls `started` if it had something to start first, and
 * prints the report as JSON.
 * @throws when not every byte of `files` files came.
 */
export async function reportOn(files: number, download: (started: () => void) => PromiseLike<number>): Promise<void> {
  const spent = stopwatch();
  let start: Spent = { wallMs: 0, cpuMs: 0 };
  const bytes = await download(() => {
    start = spent();
  });
  const whole = spent();
  if (bytes !== files * fileSize) throw new Error(`${bytes} bytes of ${files * fileSize} came`);
  const report: Report = { ...whole, start, peakBytes: process.resourceUsage().maxRSS * 1_024 };
  console.log(JSON.stringify(report));
}

function stopwatch(): () => Spent {
  const began = performance.now();
  const cpu = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { wallMs: performance.now() - began, cpuMs: (user + system) / 1_000 };
  };
}
