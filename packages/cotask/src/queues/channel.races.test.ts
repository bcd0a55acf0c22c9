/**
 * The cast: some senders, who send numbered items one after the other, and some receivers, through a channel that keeps
 * few or none. The plot: at random moments some of them are cancelled, in a send, in a receive, or in the tick in which
 * that ends; the others go on, then close. Every item whose `send` returned is received once, every item that was received
 * was sent, those of one sender in their order, and nobody is left waiting.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  CancelledError,
  Channel,
  allTasks,
  coroutine,
  createTask,
  fifo,
  getRunningLoop,
  priority,
  random,
  run,
  sleep,
} from '../index.ts';
import type { SchedulingPolicy } from '../index.ts';
import { gears, inGear, on } from '../testing/both-gears.ts';
import type { EitherBody, Gear } from '../testing/both-gears.ts';
import { show } from '../testing/transcript.ts';
import { VirtualHost } from '../testing/virtual-host.ts';

interface Actor {
  /** Milliseconds before each item. */
  readonly pauses: readonly number[];
  /** When it is cancelled, if it is. */
  readonly cancelAt: number | null;
}

interface Plot {
  readonly capacity: number;
  readonly senders: readonly Actor[];
  readonly receivers: readonly Actor[];
  readonly seed: number;
}

const ms = fc.integer({ min: 0, max: 4 });
const actor = fc.record({
  pauses: fc.array(ms, { maxLength: 6 }),
  cancelAt: fc.option(fc.integer({ min: 0, max: 12 })),
});
const plots: fc.Arbitrary<Plot> = fc.record({
  capacity: fc.constantFrom(0, 0, 1, 2, Infinity),
  senders: fc.array(actor, { minLength: 1, maxLength: 4 }),
  receivers: fc.array(actor, { minLength: 1, maxLength: 4 }),
  seed: fc.nat(),
});

interface Ledger {
  readonly sent: string[];
  /** Items on their way when their sender was cancelled or the channel broke. */
  readonly unsent: string[];
  readonly received: string[];
}

const policies: readonly ((seed: number) => SchedulingPolicy)[] = [() => fifo(), () => priority(), random];

/** Plays a plot and returns what is wrong with how it ended. */
async function faultsOf(gear: Gear, { capacity, senders, receivers, seed }: Plot): Promise<string[]> {
  const ledger: Ledger = { sent: [], unsent: [], received: [] };
  const faults: string[] = [];
  const main = inGear(gear, function* () {
    const { sender, receiver } = new Channel<string>(capacity);
    const played = [
      ...senders.map(({ pauses, cancelAt }, who) => {
        const own = sender.clone();
        function* send(): EitherBody<void> {
          for (const [n, pause] of pauses.entries()) {
            yield* on(sleep(pause));
            const item = `${who}:${n}`;
            ledger.unsent.push(item);
            yield* on(own.send(item));
            ledger.unsent.splice(ledger.unsent.indexOf(item), 1);
            ledger.sent.push(item);
          }
        }
        return begin(gear, send, () => own.close(), cancelAt);
      }),
      ...receivers.map(({ pauses, cancelAt }) => {
        const own = receiver.clone();
        function* receive(): EitherBody<void> {
          for (let i = 0; ; i += 1) {
            const step = yield* on(own.pull());
            if (step.done === true) return;
            ledger.received.push(step.value);
            yield* on(sleep(pauses[i % pauses.length] ?? 0));
          }
        }
        return begin(gear, receive, () => own.close(), cancelAt);
      }),
    ];
    sender.close();
    yield* on(sleep(100));
    // Those whose receivers were all cancelled would wait for ever: what they send is received here.
    for (let round = 0; round < 60; round += 1) {
      for (let box = receiver.tryReceive(); box !== null; box = receiver.tryReceive()) ledger.received.push(box.item);
      yield* on(sleep(1));
    }
    receiver.close();
    yield* on(sleep(1));
    for (const { error } of played) if (error !== null) faults.push(`an actor failed: ${show(error)}`);
    if (allTasks().length > 1) faults.push(`${allTasks().length - 1} tasks are left`);
  });
  const makePolicy = policies[seed % policies.length] ?? random;
  await run(coroutine(main)(), { host: new VirtualHost(), policy: makePolicy(seed) });
  return [...faults, ...wrongWith(ledger)];
}

interface Played {
  error: unknown;
}

function begin(gear: Gear, act: () => EitherBody<void>, close: () => void, cancelAt: number | null): Played {
  const played: Played = { error: null };
  const body = inGear(gear, function* () {
    try {
      yield* act();
    } catch (error) {
      if (error instanceof CancelledError) throw error;
      played.error = error;
    }
  });
  const task = createTask(coroutine(body)());
  task.addDoneCallback(close);
  if (cancelAt !== null) getRunningLoop().callLater(cancelAt, () => task.cancel());
  return played;
}

function wrongWith({ sent, unsent, received }: Ledger): string[] {
  const faults: string[] = [];
  if (new Set(received).size !== received.length) faults.push('an item was received twice');
  for (const item of sent) if (!received.includes(item)) faults.push(`${item} was sent and never received`);
  for (const item of received) {
    if (!sent.includes(item))
      faults.push(`${item} was received, and its send ${unsent.includes(item) ? 'failed' : 'never was'}`);
  }
  return faults;
}

describe.each(gears)('a channel under random cancels, in the %s gear', (gear) => {
  test('loses nothing, doubles nothing, and leaves nobody waiting', { timeout: 60_000 }, async () => {
    const property = fc.asyncProperty(plots, async (plot) => {
      expect(await faultsOf(gear, plot)).toEqual([]);
    });
    await fc.assert(property, { numRuns: 150, seed: 1 });
  });

  test('hands over what one sender sends in its order', async () => {
    const property = fc.asyncProperty(
      fc.constantFrom(0, 1, 3),
      fc.array(ms, { maxLength: 20 }),
      async (capacity, pauses) => {
        const received: number[] = [];
        const main = inGear(gear, function* () {
          const { sender, receiver } = new Channel<number>(capacity);
          const send = inGear(gear, function* () {
            for (const [n, pause] of pauses.entries()) {
              if (pause > 0) yield* on(sleep(pause));
              yield* on(sender.send(n));
            }
            sender.close();
          });
          createTask(coroutine(send)());
          for (let step = yield* on(receiver.pull()); step.done !== true; step = yield* on(receiver.pull())) {
            received.push(step.value);
            if (step.value % 3 === 0) yield* on(sleep(2));
          }
        });
        await run(coroutine(main)(), { host: new VirtualHost() });
        expect(received).toEqual([...pauses.keys()]);
      },
    );
    await fc.assert(property, { numRuns: 50, seed: 1 });
  });
});
