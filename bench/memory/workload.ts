/** What each contestant of `memory` brings. */

/** What a task waits for: one future that all share, so that only the task itself counts, or a thing of its own. */
export type WaitedFor = 'shared' | 'future' | 'event' | 'sleep';

/** Has `tasks` tasks wait; calls `measure` when all of them do, then ends them. */
export type WaitAll = (waitedFor: WaitedFor, tasks: number, measure: () => void) => Promise<void>;
