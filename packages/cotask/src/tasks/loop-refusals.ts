/** What a loop refuses, by name: options, task factories, options of tasks. */
import { MisuseError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { SchedulingPolicy } from '../loop/policies/policy.ts';
import { refuseBadGrace, refuseUnknownOptions, shown } from '../options.ts';
import { givenContext } from './context.ts';
import type { EventLoop } from './event-loop.ts';
import { Task } from './task.ts';
import type { TaskOptions } from './task.ts';

export function refuseBadPolicy(policy: SchedulingPolicy | null): void {
  if (policy === null || (typeof policy === 'object' && typeof policy.begin === 'function')) return;
  throw new MisuseError(
    'COTASK_BAD_OPTION',
    `policy is a scheduling policy: fifo(), priority(), weighted() or random(seed), got ${typeof policy}`,
  );
}

export function refuseBadHost(host: Host | undefined): void {
  if (host === undefined || host === null || typeof host.now === 'function') return;
  throw new MisuseError('COTASK_BAD_OPTION', `host is what a loop runs on, as new VirtualHost(), got ${typeof host}`);
}

export function refuseBadTask(
  loop: EventLoop,
  task: unknown,
  stray: Task<unknown> | null,
): asserts task is Task<unknown> {
  if (!(task instanceof Task))
    throw new MisuseError('COTASK_NOT_A_TASK', `a task factory returns a task, this one returned ${typeof task}`);
  if (task.loop !== loop)
    throw new MisuseError('COTASK_WRONG_LOOP', `a task factory returned ${task.label}, which is of another loop`);
  if (stray === null) return;
  throw new MisuseError(
    'COTASK_NOT_A_TASK',
    `a task factory made ${stray.label} to begin at once and returned ${task.label}: return it, or make it with createTask`,
  );
}

export function refuseBadTaskOptions(options: TaskOptions): void {
  refuseUnknownOptions('createTask()', options, ['name', 'priority', 'share', 'eager', 'context', 'graceMs']);
  refuseBadGrace('createTask()', options.graceMs);
  const { priority = 0, eager = false, share = null } = options;
  if (share !== null && typeof share !== 'string')
    throw new MisuseError('COTASK_BAD_OPTION', `the share of a task is a name, got ${typeof share}`);
  if (typeof priority !== 'number' || Number.isNaN(priority))
    throw new MisuseError('COTASK_BAD_OPTION', `the priority of a task is a number, got ${shown(priority)}`);
  if (typeof eager !== 'boolean')
    throw new MisuseError('COTASK_BAD_OPTION', `eager is true or false, got ${shown(eager)}`);
  if (options.context !== undefined) givenContext(options.context);
}
