/**
 * cotask: asyncio for TypeScript. One thread, one event loop, many tasks.
 *
 * @module
 */
/// <reference lib="esnext.disposable" preserve="true" />
// Begin and end
export { run } from './run/run.ts';
export { openSignalReceiver } from './run/signal-receiver.ts';
export type { SignalReceiver } from './run/signal-receiver.ts';
export type { SignalName } from './host/host.ts';
export { Runner } from './run/runner.ts';
export type { RunOptions, RunnerRunOptions } from './run/runner.ts';
export { runMain } from './run/run-main.ts';
// Coroutines and tasks
export { Coroutine, coroutine, isCoroutine } from './tasks/coroutine.ts';
export { isCoroutineFunction } from './tasks/coroutine-functions.ts';
export type { CoroutineFunction } from './tasks/coroutine.ts';
export type { Awaitable, Body, GeneratorBody } from './tasks/awaitable.ts';
export { Wait } from './tasks/park.ts';
export { Task } from './tasks/task.ts';
export type { TaskOptions } from './tasks/task.ts';
export type { TaskState } from './tasks/state.ts';
export { allTasks, createTask, currentTask, ensureFuture } from './tasks/ensure-future.ts';
export type { EnsureFutureOptions } from './tasks/ensure-future.ts';
export { createEagerTaskFactory, eagerTaskFactory } from './tasks/eager.ts';
export type { TaskClass, TaskFactory } from './tasks/eager.ts';
export { copyContext } from './tasks/context.ts';
export type { Context } from './host/async-context.ts';
export { detached } from './tasks/detached.ts';
export { sleep } from './tasks/sleep.ts';
export { awaitChain } from './tasks/await-chain.ts';
export type { AwaitLink } from './tasks/await-chain.ts';
export { fromPromise, wrapFuture } from './tasks/from-promise.ts';
export type { WrapFutureOptions } from './tasks/from-promise.ts';
// Who waits for whom
export { captureCallGraph, formatCallGraph, printCallGraph } from './watch/call-graph.ts';
export type { CallGraph, CallGraphOptions } from './watch/call-graph.ts';
export type { StackEntry, WaitInfo } from './tasks/task-stack.ts';
// Futures
export { Future, isFuture } from './tasks/future.ts';
export type { DoneCallbackOptions, FutureOptions } from './tasks/future.ts';
// Scopes
export { timeout, timeoutAt } from './scopes/timeout.ts';
export type { TimeoutScope } from './scopes/timeout.ts';
export { taskGroup } from './scopes/task-group.ts';
export type { TaskGroup, TaskGroupOptions } from './scopes/task-group.ts';
export type { Ready } from './scopes/handshake.ts';
export type { ScopeOptions } from './scopes/in-scope.ts';
export { taskLocal } from './scopes/task-local.ts';
export type { TaskLocal, TaskLocalOptions, TaskLocalToken } from './scopes/task-local.ts';
export { waitFor } from './scopes/wait-for.ts';
export { shield } from './scopes/shield.ts';
export { currentDeadline } from './scopes/current-deadline.ts';
export { abortSignal } from './scopes/abort-signal.ts';
export type { AbortSignalLike } from './scopes/abort-signal.ts';
export { shielded } from './scopes/shielded.ts';
export type { ShieldedOptions, ShieldedScope } from './scopes/shielded.ts';
export type { ScopeHandle } from './scopes/in-scope.ts';
// Several at once
export { gather } from './together/gather.ts';
export type { GatherOptions, Gatherable, OutcomesOf, ResultOf, ResultsOf } from './together/gather.ts';
export { ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, wait } from './together/wait.ts';
export type { ReturnWhen, WaitOptions, WaitResult } from './together/wait.ts';
export { asCompleted } from './together/as-completed.ts';
export type { AsCompleted, AsCompletedOptions, Completed } from './together/as-completed.ts';
export { race } from './together/race.ts';
export { any } from './together/any.ts';
export { map } from './together/map.ts';
export type { MapOptions, Mapping } from './together/map.ts';
export { forEach } from './together/for-each.ts';
export type { ForEachOptions } from './together/for-each.ts';
export type { ItemSource } from './together/source.ts';
export type { Returned } from './tasks/call.ts';
// Synchronisation
export { Lock } from './sync/lock.ts';
export type { LockOptions } from './sync/lock.ts';
export { BoundedSemaphore, Semaphore } from './sync/semaphore.ts';
export type { SemaphoreOptions } from './sync/semaphore.ts';
export { Event } from './sync/event.ts';
export type { EventOptions } from './sync/event.ts';
export { Condition } from './sync/condition.ts';
export type { ConditionOptions } from './sync/condition.ts';
export { Barrier } from './sync/barrier.ts';
export type { BarrierOptions } from './sync/barrier.ts';
export type { Guard } from './sync/guard.ts';
export { rateLimiter } from './sync/rate-limiter.ts';
export type { RateLimiter, RateLimiterOptions } from './sync/rate-limiter.ts';
// Queues
export { Queue } from './queues/queue.ts';
export type { QueueOptions } from './queues/queue.ts';
export { PriorityQueue } from './queues/priority-queue.ts';
export type { Compare, PriorityQueueOptions } from './queues/priority-queue.ts';
export { LifoQueue } from './queues/lifo-queue.ts';
export { Channel } from './queues/channel.ts';
export type { ChannelOptions, Received, Receiver, Sender } from './queues/channel.ts';
// Again and again
export { retry } from './flow/retry.ts';
export type { RetryOptions } from './flow/retry.ts';
export { exponentialBackoff } from './flow/backoff.ts';
export type { Backoff, ExponentialBackoffOptions } from './flow/backoff.ts';
// Code that knows nothing of tasks
export { fromCallback } from './interop/from-callback.ts';
export type { Done, FromCallbackOptions } from './interop/from-callback.ts';
export { fromEvent } from './interop/from-event.ts';
export type { FromEventOptions } from './interop/from-event.ts';
export { events } from './interop/events.ts';
export type { EventStream, EventsOptions } from './interop/events.ts';
export type { EmitterLike, EventTargetLike } from './scopes/listen.ts';
export { pull } from './interop/pull.ts';
export type { Puller } from './interop/pull.ts';
export { pipe } from './interop/pipe.ts';
export type { ItemSink } from './interop/pipe.ts';
export { toReadableStream } from './interop/to-readable-stream.ts';
export type { ChunkSink } from './interop/to-readable-stream.ts';
export { toWritableStream } from './interop/to-writable-stream.ts';
export type { ChunkSource } from './interop/to-writable-stream.ts';
// The event loop
export { EventLoop } from './tasks/event-loop.ts';
export type { EventLoopOptions } from './tasks/event-loop.ts';
export type { ExceptionContext, ExceptionHandler } from './tasks/exception-context.ts';
export { getEventLoop, getRunningLoop, newEventLoop, setEventLoop } from './tasks/default-loop.ts';
export { Handle, TimerHandle } from './loop/handle.ts';
export { fifo } from './loop/policies/fifo.ts';
export { priority } from './loop/policies/priority.ts';
export type { PriorityOptions } from './loop/policies/priority.ts';
export { weighted } from './loop/policies/weighted.ts';
export type { WeightedOptions } from './loop/policies/weighted.ts';
export { random } from './loop/policies/random.ts';
export type { Arrange, SchedulingPolicy } from './loop/policies/policy.ts';
// Errors
export {
  AllFailedError,
  BrokenBarrierError,
  CancelledError,
  ChannelBroken,
  ChannelClosed,
  CotaskError,
  DeadlockError,
  Interrupted,
  InvalidStateError,
  MisuseError,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
  TaskGroupError,
  TimeoutError,
  isCancelled,
  splitErrors,
} from './errors.ts';
export type { CancelSource, CotaskErrorOptions, ErrorFilter, SplitErrors } from './errors.ts';
