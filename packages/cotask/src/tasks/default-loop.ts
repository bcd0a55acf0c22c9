/** Which loop is meant where none is named. */
import { MisuseError } from '../errors.ts';
import { context, current } from './current.ts';
import { EventLoop } from './event-loop.ts';
import type { EventLoopOptions } from './event-loop.ts';

let defaultLoop: EventLoop | null = null;
current.defaultLoop = () => getDefaultLoop();

/** The running loop, else the thread's default loop, which is made on first use and again after it was closed. */
export function getEventLoop(): EventLoop {
  return runningLoop() ?? getDefaultLoop();
}

/**
 * The loop whose task or callback runs now.
 * @throws {MisuseError} `COTASK_NO_RUNNING_LOOP` outside any.
 */
export function getRunningLoop(): EventLoop {
  const loop = runningLoop();
  if (loop === null)
    throw new MisuseError(
      'COTASK_NO_RUNNING_LOOP',
      'no event loop runs this code; use getEventLoop(), or start with run()',
    );
  return loop;
}

/** A new loop; run it with `runForever` or `runUntilComplete`, and close it. */
export function newEventLoop(options: EventLoopOptions = {}): EventLoop {
  return new EventLoop(options);
}

/** Makes `loop` the thread's default loop; null: make a new one when it is needed. */
export function setEventLoop(loop: EventLoop | null): void {
  defaultLoop = loop;
}

function runningLoop(): EventLoop | null {
  const loop = context.get()?.owner.loop;
  return loop === undefined || loop.isClosed() ? null : loop;
}

function getDefaultLoop(): EventLoop {
  if (defaultLoop === null || defaultLoop.isClosed()) defaultLoop = new EventLoop().runByItself();
  return defaultLoop;
}
