/** What each contestant of `memory` brings. */

/** What a task waits for: one thing for each task. */
export type WaitedFor = 'future' | 'event' | 'sleep';

/** Has `tasks` tasks wait, each for a thing of its own; calls `measure` when all of them do, then ends them. */
export type WaitAll = (waitedFor: WaitedFor, tasks: number, measure: () => void) => Promise<void>;
