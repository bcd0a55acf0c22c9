import { describe, expect, test } from 'vitest';

import { Channel, coroutine, createTask, forEach, getRunningLoop, run, sleep, taskGroup } from '../index.ts';
import type { Receiver, Sender } from '../index.ts';
import { atOnce, contractOf } from '../testing/awaitable-contract.ts';
import type { AwaitableKind } from '../testing/awaitable-contract.ts';
import { attempt, gears, inGear, on } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { refusalOf, wrong } from '../testing/wrong-call.ts';

/** What is left in a channel, which is nothing where all went well: a waiting task would take or leave an item. */
const leftIn = ({ sender, receiver }: Channel<string>): string[] => {
  const left: string[] = [];
  for (let box = receiver.tryReceive(); box !== null; box = receiver.tryReceive()) left.push(`an item: ${box.item}`);
  if (sender.trySend('probe') && receiver.tryReceive() === null) left.push('a receiver');
  return left;
};

const receiving: AwaitableKind = {
  value: 'item',
  make() {
    const channel = new Channel<string>(1);
    return {
      wait: () => channel.receiver.receive(),
      complete: atOnce(() => channel.sender.trySend('item')),
      end: () => channel.receiver.tryReceive(),
      left: () => leftIn(channel),
    };
  },
};

const pulling: AwaitableKind = {
  value: '{done: false, value: item}',
  make() {
    const channel = new Channel<string>();
    return {
      wait: () => channel.receiver.pull(),
      complete: atOnce(() => channel.sender.trySend('item')),
      left: () => leftIn(channel),
    };
  },
};

const sending = (capacity: number): AwaitableKind => ({
  value: 'undefined',
  make() {
    const channel = new Channel<string>(capacity);
    for (let i = 0; i < capacity; i++) channel.sender.trySend('first');
    return {
      wait: () => channel.sender.send('item'),
      complete: atOnce(() => channel.receiver.tryReceive()),
      // Whoever has sent did so once: what it sent is here, or was received.
      end: () => {
        for (let i = 0; i < capacity; i++) channel.receiver.tryReceive();
      },
      left: () => leftIn(channel),
    };
  },
});

const kinds = [
  { name: 'receive()', kind: receiving },
  { name: 'pull()', kind: pulling },
  { name: 'send() into a full channel', kind: sending(1) },
  { name: 'send() without a capacity', kind: sending(0) },
];

for (const { name, kind } of kinds) {
  describe.each(gears)(`${name}, in the %s gear`, (gear) => {
    test.each(contractOf(kind, gear))('$name', async ({ transcript, right }) => {
      expect(await transcript()).toEqual(right);
    });
  });
}

/** Receives until the end. */
function* drain<T>(receiver: Receiver<T>): EitherBody<T[]> {
  const items: T[] = [];
  for (;;) {
    const step = yield* on(receiver.pull());
    if (step.done === true) return items;
    items.push(step.value);
  }
}

function* sendAll<T>(sender: Sender<T>, items: Iterable<T>): EitherBody<void> {
  for (const item of items) yield* on(sender.send(item));
  sender.close();
}

describe.each(gears)('a channel, in the %s gear', (gear) => {
  test('hands every item on, in order, whatever it keeps', async () => {
    for (const capacity of [0, 1, 3, Infinity]) {
      const lines = await play(gear, function* (stage) {
        const { sender, receiver } = new Channel<number>(capacity);
        void stage.spawn(() => sendAll(sender, [1, 2, 3, 4, 5]));
        stage.log(yield* drain(receiver));
      });
      expect(lines).toEqual(['[1, 2, 3, 4, 5]']);
    }
  });

  test('keeps as many items as it was told to; then a sender waits', async () => {
    for (const capacity of [0, 1, 2]) {
      const lines = await play(gear, function* (stage) {
        const channel = new Channel<number>(capacity);
        const { sender, receiver } = channel;
        void stage.spawn(function* () {
          for (const n of [1, 2, 3]) {
            yield* on(sender.send(n));
            stage.log('sent', n);
          }
        });
        yield* on(sleep(1));
        stage.log('size', channel.size);
        for (let i = 0; i < 3; i++) {
          stage.log('received', yield* on(receiver.receive()));
          yield* on(sleep(1));
        }
      });
      const sent = [1, 2, 3].map((n) => `sent ${n}`);
      const received = [1, 2, 3].map((n) => `received ${n}`);
      const [, ...afterwards] = received;
      expect(lines.slice(0, capacity + 2)).toEqual([...sent.slice(0, capacity), `size ${capacity}`, received[0]]);
      expect(lines.filter((line) => line.startsWith('received')).slice(1)).toEqual(afterwards);
      expect(lines.indexOf(`received ${1}`)).toBeLessThan(lines.indexOf(`sent ${capacity + 1}`));
    }
  });

  test('serves senders and receivers in the order in which they came', async () => {
    const lines = await play(gear, function* (stage) {
      const { sender, receiver } = new Channel<string>();
      const senders = ['a', 'b', 'c'].map((name) => stage.spawn(() => on(sender.send(name))));
      yield* on(sleep(1));
      stage.log(receiver.tryReceive()?.item, receiver.tryReceive()?.item, receiver.tryReceive()?.item);
      for (const each of senders) yield* on(each);
      const receivers = ['d', 'e'].map((name) =>
        stage.spawn(function* () {
          stage.log(name, yield* on(receiver.receive()));
        }),
      );
      yield* on(sleep(1));
      stage.log(sender.trySend('1'), sender.trySend('2'), sender.trySend('3'));
      for (const each of receivers) yield* on(each);
    });
    expect(lines).toEqual(['a b c', 'true true false', 'd 1', 'e 2']);
  });

  test('ends for its receivers when the last sender was closed and everything was received', async () => {
    const lines = await play(gear, function* (stage) {
      const { sender, receiver } = new Channel<number>(5, { name: 'pages' });
      const other = sender.clone();
      sender.trySend(1);
      sender.close();
      sender.close();
      other.trySend(2);
      const waiter = stage.spawn(() => drain(receiver.clone()));
      yield* on(sleep(1));
      stage.log(sender.closed, other.closed, waiter.state);
      other.close();
      stage.log(yield* on(waiter), yield* attempt(receiver.receive()), receiver.tryReceive());
      stage.log(yield* on(receiver.pull()));
    });
    expect(lines).toEqual([
      'true false waiting',
      '[1, 2] every sender of channel "pages" was closed, and what was sent has been received null',
      '{done: true, value: undefined}',
    ]);
  });

  test('has what a sender that waits has brought before its end', async () => {
    for (const capacity of [0, 1]) {
      const lines = await play(gear, function* (stage) {
        const { sender, receiver } = new Channel<number>(capacity);
        for (let i = 0; i < capacity; i++) sender.trySend(0);
        const task = stage.spawn(() => on(sender.send(1)));
        yield* on(sleep(1));
        sender.close();
        stage.log(yield* drain(receiver), yield* attempt(task));
      });
      expect(lines).toEqual([capacity === 0 ? '[1] undefined' : '[0, 1] undefined']);
    }
  });

  test('is broken for its senders when the last receiver was closed', async () => {
    const lines = await play(gear, function* (stage) {
      const channel = new Channel<number>(1);
      const { sender, receiver } = channel;
      const other = receiver.clone();
      sender.trySend(1);
      const waiter = stage.spawn(() => attempt(sender.send(2)));
      yield* on(sleep(1));
      receiver.close();
      stage.log(waiter.state);
      other.close();
      stage.log(yield* on(waiter), channel.size);
      stage.log(yield* attempt(sender.send(3)));
      try {
        sender.trySend(3);
      } catch (error) {
        stage.log(error);
      }
    });
    const broken = 'every receiver of a channel was closed';
    expect(lines).toEqual(['waiting', `${broken} while this task sent 0`, broken, broken]);
  });

  test('ends a receiver that waits when the last of them is closed', async () => {
    const lines = await play(gear, function* (stage) {
      const { receiver } = new Channel<number>();
      const waiter = stage.spawn(() => attempt(receiver.receive()));
      yield* on(sleep(1));
      receiver.close();
      stage.log(yield* on(waiter));
    });
    expect(lines).toEqual(['every receiver of a channel was closed while this task received']);
  });

  test('takes undefined for an item like any other', async () => {
    const lines = await play(gear, function* ({ log }) {
      const { sender, receiver } = new Channel<undefined>(2);
      sender.trySend(undefined);
      sender.trySend(undefined);
      log(receiver.tryReceive(), yield* on(receiver.receive()), receiver.tryReceive());
    });
    expect(lines).toEqual(['{item: undefined} undefined null']);
  });

  test('is read by forEach, several items at once', async () => {
    const lines = await play(gear, function* (stage) {
      const { sender, receiver } = new Channel<number>();
      void stage.spawn(() => sendAll(sender, [3, 1, 2]));
      const body = inGear(gear, () =>
        on(
          forEach(
            receiver,
            async (n) => {
              await sleep(n);
              stage.log(n);
            },
            { concurrency: 3 },
          ),
        ),
      );
      yield* on(taskGroup(body));
    });
    expect(lines).toEqual(['1', '2', '3']);
  });
});

describe('a channel', () => {
  test('is read by for await, which leaves the receiver open', async () => {
    const lines = await play('async', function* (stage) {
      const { sender, receiver } = new Channel<number>(3);
      const read = coroutine(async () => {
        for await (const n of receiver) if (n === 2) break;
        const rest: number[] = [];
        for await (const n of receiver) rest.push(n);
        return rest;
      });
      void stage.spawn(() => sendAll(sender, [1, 2, 3, 4]));
      stage.log(yield* on(read()), receiver.closed);
    });
    expect(lines).toEqual(['[3, 4] false']);
  });

  test('is closed at the end of a block by using', () => {
    const { sender, receiver } = new Channel<number>();
    {
      using mine = sender;
      using its = receiver;
      expect([mine.closed, its.closed]).toEqual([false, false]);
    }
    expect([sender.closed, receiver.closed]).toEqual([true, true]);
  });

  test('does not take an awaitable apart where it is pulled', async () => {
    const lines = await play('generator', function* ({ log }) {
      const { sender, receiver } = new Channel<unknown>(1);
      const task = createTask(sleep(1, 'result'), { name: 'item' });
      sender.trySend(task);
      const step = yield* on(receiver.pull());
      log(step.value === task, yield* on(task));
    });
    expect(lines).toEqual(['true result']);
  });

  test('names who could end a wait that nobody can end', async () => {
    const { sender, receiver } = new Channel<number>(0, { name: 'pages' });
    const stuck = run(receiver.receive(), { host: new VirtualHost() });
    await expect(stuck).rejects.toThrow(/waits for an item of channel "pages"/);
    await expect(run(sender.send(1), { host: new VirtualHost() })).rejects.toThrow(/a receiver of channel "pages"/);
  });

  test('serves 100,000 who wait, and as many who were cancelled, in a time that grows with their number', async () => {
    const main = coroutine(function* () {
      const { sender, receiver } = new Channel<number>();
      const tasks = Array.from({ length: 100_000 }, (_, n) => createTask(sender.send(n)));
      yield* sleep(1);
      for (const [n, task] of tasks.entries()) if (n % 2 === 0) task.cancel();
      let sum = 0;
      for (let i = 0; i < 50_000; i++) sum += yield* receiver.receive();
      return { sum, left: receiver.tryReceive(), time: getRunningLoop().time() };
    });
    expect(await run(main(), { host: new VirtualHost() })).toEqual({ sum: 2_500_000_000, left: null, time: 1 });
  });
});

const closed = (close: (channel: Channel<number>) => unknown, use: (channel: Channel<number>) => unknown) => () => {
  const channel = new Channel<number>(1);
  close(channel);
  return use(channel);
};
const bySender = (use: (channel: Channel<number>) => unknown) => closed(({ sender }) => sender.close(), use);
const byReceiver = (use: (channel: Channel<number>) => unknown) => closed(({ receiver }) => receiver.close(), use);
const gone = { code: 'COTASK_HANDLE_CLOSED', says: /was closed: whoever still needs one takes a clone/ };
const option = 'COTASK_BAD_OPTION';
test.each([
  { call: 'new Channel(-1)', make: () => new Channel(-1), code: option, says: /capacity.*got -1/ },
  { call: 'new Channel(1.5)', make: () => new Channel(1.5), code: option, says: /got 1\.5/ },
  { call: 'new Channel(0, {})', make: () => new Channel(0, wrong({ nmae: 'x' })), code: option, says: /"nmae".*name/ },
  { call: 'send by a closed sender', make: bySender(({ sender }) => sender.send(1)), ...gone },
  { call: 'trySend by a closed sender', make: bySender(({ sender }) => sender.trySend(1)), ...gone },
  { call: 'clone of a closed sender', make: bySender(({ sender }) => sender.clone()), ...gone },
  { call: 'receive by a closed receiver', make: byReceiver(({ receiver }) => receiver.receive()), ...gone },
  { call: 'pull by a closed receiver', make: byReceiver(({ receiver }) => receiver.pull()), ...gone },
  { call: 'tryReceive by a closed receiver', make: byReceiver(({ receiver }) => receiver.tryReceive()), ...gone },
  { call: 'clone of a closed receiver', make: byReceiver(({ receiver }) => receiver.clone()), ...gone },
])('$call is $code', async (call) => {
  const { error, left } = await refusalOf(call);
  expect(left).toEqual([]);
  expect(error).toMatchObject({ code: call.code, message: expect.stringMatching(call.says) });
});
