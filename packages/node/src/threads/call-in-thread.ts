/** A call in a thread of a pool, from its arguments to its result. */
import { abortSignal, coroutine, sleep } from 'cotask';
import type { Coroutine, GeneratorBody } from 'cotask';
import { parkForeign } from 'cotask/lowlevel';
import { findUncopyable } from './copyable.ts';
import { ThreadArgumentError, ThreadPoolClosedError } from './errors.ts';
import type { PoolCore } from './pool-core.ts';
import type { ThreadCall } from './running-call.ts';

/** Calls an export in a thread; waits for a free one in the order in which calls came. */
export const callInThread: (core: PoolCore, call: ThreadCall) => Coroutine<unknown> = coroutine(function* callInThread(
  core: PoolCore,
  call: ThreadCall,
): GeneratorBody<unknown> {
  core.refuseClosed(call);
  refuseUncopyable(call);
  const what = `${core.label} ${call.exportName}`;
  yield* takeSlot(core, call, `${what} (waiting for a thread)`);
  return yield* parkForeign(`${what} (running in a thread)`, (settle) => core.begin(call, settle));
});

function refuseUncopyable(call: ThreadCall): void {
  const moved: ReadonlySet<unknown> = new Set(call.transfer);
  for (const [index, arg] of call.args.entries()) {
    const found = findUncopyable(arg, `argument ${index + 1}`, moved);
    if (found !== null) throw new ThreadArgumentError(call, found);
  }
}

function* takeSlot(core: PoolCore, call: ThreadCall, label: string): GeneratorBody<void> {
  if (!core.slots.take()) {
    core.refuseFull(call);
    if (!(yield* core.slots.wait(label))) throw new ThreadPoolClosedError(call);
  }
  yield* keepSlot(core, call);
}

/** A cancel that came with the slot, or was due before, must not touch a thread; nor must a call of a pool closed meanwhile. */
function* keepSlot(core: PoolCore, call: ThreadCall): GeneratorBody<void> {
  try {
    if (abortSignal().aborted) yield* sleep(0);
    core.refuseClosed(call);
  } catch (error) {
    core.slots.release();
    throw error;
  }
}
