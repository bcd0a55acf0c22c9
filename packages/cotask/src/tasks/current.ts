/** Which scope, task and loop the code that runs now belongs to. */
import { createAsyncContext } from '../host/async-context.ts';
import type { AsyncContext } from '../host/async-context.ts';
import { openScope } from './scope.ts';
import type { Scope } from './scope.ts';
import type { EventLoop } from './event-loop.ts';
import type { Driver } from './gears/gear.ts';
import type { NameTag } from './name-tag.ts';
import type { Wait } from './park.ts';

/** The slot in the platform's async context: the innermost scope; in a callback of a loop, an ended scope of that loop. */
export const context: AsyncContext<Scope> = createAsyncContext<Scope>();

/** What is on the stack now; the loop and the gears keep it. */
export const current: {
  /** The generator body that is being resumed, by its driver. */
  driver: Driver | null;
  /** Changes whenever a driver begins or ends to resume its body: a second `next()` in one resume is a mistake. */
  resumes: number;
  /** The scope to which the wait that a body has just yielded belongs, where that is not the driver's own. */
  yieldedFrom: Scope | null;
  /** What an iterator of ours has just handed to the driver: a body that yields anything else did so by mistake. */
  handed: Wait | null;
  /** The thread's default loop; set by default-loop.ts, which stands above the loop's class. */
  defaultLoop: (() => EventLoop) | null;
} = { driver: null, resumes: 0, yieldedFrom: null, handed: null, defaultLoop: null };

/** The innermost open scope, or null outside any task and in one that has ended. */
export function currentScope(): Scope | null {
  const scope = context.get();
  return scope === undefined ? null : openScope(scope);
}

/** The tag of the task that runs this line; null outside any. In a generator body it costs two reads. */
export function runningTag(): NameTag | null {
  const owner = current.driver === null ? currentScope()?.owner : current.driver.owner;
  return owner === undefined ? null : owner.tag;
}
