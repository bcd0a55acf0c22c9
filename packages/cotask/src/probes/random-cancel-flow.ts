/** Waits at channels, for tokens, in races and maps, under random cancels. */

import { Channel, any, map, race, rateLimiter, retry, sleep } from '../index.ts';
import { many, pick, wrong } from './random-cancel-kind.ts';
import type { Kind, Shared } from './random-cancel-kind.ts';
import { on } from './vocabulary.ts';

export const flowKinds: readonly Kind[] = [
  { name: 'channel receive', share: shareChannels },
  { name: 'channel send', share: shareFullChannels },
  { name: 'rate limiter', share: shareLimiters },
  { name: 'race', share: () => ({ wait: ({ ms }) => on(race(sleep(ms), sleep(ms + 3), sleep(1e9))) }) },
  { name: 'any', share: () => ({ wait: ({ ms }) => on(any([sleep(ms), fails(ms), sleep(1e9)])) }) },
  { name: 'map', share: () => ({ wait: ({ ms }) => on(map([ms, 0, 1], (n) => sleep(n), { concurrency: 2 })) }) },
  {
    name: 'retry',
    share: () => ({ wait: ({ ms }) => on(retry((n) => (n < 3 ? fails(1) : sleep(ms)), { delay: 1 })) }),
  },
];

function fails(ms: number): ReturnType<typeof retry<never>> {
  return retry(
    function* () {
      yield* sleep(ms);
      throw new Error('fails');
    },
    { attempts: 1 },
  );
}

/** A receiver that was left would take the item that is sent in the end. */
function shareChannels(): Shared {
  const channels = many(() => new Channel<number>(2));
  let [sent, received] = [0, 0];
  const sendAll = (): void => {
    for (const { sender } of channels) if (sender.trySend(0)) sent += 1;
  };
  return {
    *wait(plan) {
      yield* on(pick(channels, plan.slot).receiver.receive());
      received += 1;
    },
    *supply() {
      sendAll();
    },
    left() {
      sendAll();
      const kept = channels.reduce((sum, { size }) => sum + size, 0);
      const balance = sent === received + kept ? [] : [`${sent} were sent, ${received} received, ${kept} are kept`];
      return [...wrong(channels, ({ size }) => size === 0, 'a receiver is left'), ...balance];
    },
  };
}

/** Without a capacity: each send waits for its receiver. */
function shareFullChannels(): Shared {
  const channels = many(() => new Channel<number>());
  let [sent, received] = [0, 0];
  return {
    *wait(plan) {
      yield* on(pick(channels, plan.slot).sender.send(0));
      sent += 1;
    },
    *supply() {
      for (const { receiver } of channels) if (receiver.tryReceive() !== null) received += 1;
    },
    left() {
      const balance = sent === received ? [] : [`${sent} were sent, ${received} received`];
      return [...wrong(channels, ({ receiver }) => receiver.tryReceive() !== null, 'a sender is left'), ...balance];
    },
  };
}

/** A waiter that was left would be in front of who tries in the end. */
function shareLimiters(): Shared {
  const limiters = many(() => rateLimiter({ rate: 1, per: 2 }));
  return {
    wait: (plan) => on(pick(limiters, plan.slot).acquire()),
    left: () => wrong(limiters, (limiter) => limiter.tryAcquire() && limiter.tryAcquire(), 'a token too many'),
  };
}
