/** What each contestant brings: one function for each thing that is measured. */

/** The clock of a trial. It runs from the call of the trial to the end of its promise. */
export interface Clock {
  /** Sets it back to nothing: what came before was preparation. */
  restart(): void;
}

/** Does `count` operations. */
export type Trial = (count: number, clock: Clock) => Promise<void>;

/** The trials of one contestant; what it has no means for is left out. */
export interface Trials {
  /** Starts `count` tasks that return their number, and waits for all. */
  readonly spawn?: Trial;
  /** One task puts `count` numbers into a queue with room for 100, one takes them out. */
  readonly queues?: Trial;
  /** 100 tasks take one lock `count` times in all, and give way once while they hold it. */
  readonly locks?: Trial;
  /** `count` jobs that give way once, 100 of them at a time. */
  readonly limits?: Trial;
  /** The same by `forEach`. */
  readonly forEach?: Trial;
  /** `count` tasks sleep for 10 to 100 milliseconds, {@link sleepMs} each. */
  readonly timers?: Trial;
  /** `count` tasks wait, each for a thing of its own; the clock runs from the first cancel until all have ended. */
  readonly cancel?: Trial;
}

/** The room in a queue, the jobs at a time, the tasks at a lock. */
export const width = 100;

/** How long a task sleeps: the same times, in the same order, for every contestant. */
export function sleepMs(i: number): number {
  return 10 + ((i * 7_919) % 9_001) / 100;
}

/** Ends the process with an error when the operations were not done. */
export function check(sum: number, count: number): void {
  const right = (count * (count - 1)) / 2;
  if (sum !== right) throw new Error(`the numbers add up to ${sum} instead of ${right}`);
}

/** The numbers from 0 to below `count`. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
