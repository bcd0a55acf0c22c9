/** Waits for other tasks, and scopes, under random cancels. */

import { TimeoutError, gather, shield, sleep, taskGroup, timeout, wait } from '../index.ts';
import type { TaskGroup } from '../index.ts';
import type { Kind, Shared } from './random-cancel-kind.ts';
import { on } from './vocabulary.ts';
import type { GearWords } from './vocabulary.ts';

export const taskKinds: readonly Kind[] = [
  { name: 'task', share: ({ spawn }) => ({ wait: ({ ms }) => on(spawn(() => on(sleep(ms)))) }) },
  { name: 'gather', share: shareGathers },
  { name: 'wait', share: shareWaits },
  { name: 'shield', share: shareShields },
  { name: 'timeout', share: shareTimeouts },
  { name: 'task group', share: shareGroups },
];

function shareGathers({ coroutineOf }: GearWords): Shared {
  const sleeper = coroutineOf((ms: number) => on(sleep(ms)));
  return { wait: ({ ms, slot }) => on(gather(sleeper(ms), sleep(ms), sleeper(ms + (slot % 3)))) };
}

function shareWaits({ spawn }: GearWords): Shared {
  return {
    *wait({ ms, slot }) {
      const children = [spawn(() => on(sleep(ms))), spawn(() => on(sleep(slot)))];
      try {
        yield* on(slot % 2 === 0 ? wait(children, { timeout: 5 }) : wait(children, { returnWhen: 'FIRST_COMPLETED' }));
      } finally {
        for (const child of children) child.cancel();
      }
    },
  };
}

function shareShields({ spawn }: GearWords): Shared {
  return {
    *wait({ ms }) {
      const child = spawn(() => on(sleep(ms)));
      try {
        yield* on(shield(child));
      } finally {
        child.cancel();
      }
    },
  };
}

function shareTimeouts({ body }: GearWords): Shared {
  return {
    *wait({ ms, slot }) {
      const sleeping = body(() => on(sleep(ms)));
      try {
        yield* on(timeout(slot % 10, sleeping));
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error;
      }
    },
  };
}

function shareGroups({ body, coroutineOf }: GearWords): Shared {
  const sleeper = coroutineOf((ms: number) => on(sleep(ms)));
  return {
    *wait({ ms, slot }) {
      const group = body(function* (scope: TaskGroup) {
        scope.createTask(sleeper(ms));
        scope.createTask(sleeper(slot % 10));
        yield* on(sleep(slot % 5));
      });
      yield* on(taskGroup(group));
    },
  };
}
