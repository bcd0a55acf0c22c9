import type { SchedulingPolicy } from './policy.ts';

/** The longest-waiting step first: the default, and asyncio's order. */
export function fifo(): SchedulingPolicy {
  return { name: 'fifo', begin: () => (ready) => ready };
}
