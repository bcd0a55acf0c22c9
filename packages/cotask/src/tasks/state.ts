/**
 * The states of a task and of its waits.
 *
 * | task      | when                                                                                   |
 * | --------- | -------------------------------------------------------------------------------------- |
 * | `ready`   | one of its waits is done, or it has not begun: it stands in the ready list             |
 * | `running` | its step is on the stack, or goes on in microtasks                                     |
 * | `waiting` | all its waits are open, or it stands at a promise that is not the loop's own           |
 * | `done`    | its body has ended                                                                     |
 *
 * A task's state follows from those of its waits: `idle` → `open` (parked) → `woken` (in the ready list) → `idle`.
 * `idle` → `woken` is a step that waits for nothing: the first one, and `sleep(0)`.
 */

/** What a task is doing. */
export type TaskState = 'ready' | 'running' | 'waiting' | 'done';

/** What a wait is doing: nothing; waiting; standing in the ready list; its body has ended; its turn has just come. */
export const waitIdle = 0;
export const waitOpen = 1;
export const waitWoken = 2;
export const waitEnded = 3;
export const waitTurned = 4;
export type WaitState = typeof waitIdle | typeof waitOpen | typeof waitWoken | typeof waitEnded | typeof waitTurned;

/** What a future is. */
export const pending = 0;
export const hasValue = 1;
export const hasError = 2;
export const isCancelledState = 3;
export type FutureState = typeof pending | typeof hasValue | typeof hasError | typeof isCancelledState;
