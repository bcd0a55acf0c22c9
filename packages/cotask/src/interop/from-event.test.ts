import { EventEmitter } from 'node:events';
import { describe, expect, expectTypeOf, test } from 'vitest';

import { fromEvent, sleep, timeout } from '../index.ts';
import type { Awaitable, CotaskError } from '../index.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import type { AwaitableKind } from '../testing/awaitable-contract.ts';
import { attempt, gears, inGear, on } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';

const listenersOf = (emitter: EventEmitter): number =>
  emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);

const ofEmitter: AwaitableKind = {
  value: '[value]',
  fails: true,
  make({ loop }) {
    const emitter = new EventEmitter();
    return {
      wait: () => fromEvent(emitter, 'done'),
      *complete(after) {
        emitter.emit('done', 'value');
        after?.();
      },
      *fail(error, after) {
        emitter.emit('error', error);
        after?.();
      },
      left: () => [
        ...(loop.foreignWaits === 0 ? [] : [`${loop.foreignWaits} foreign waits`]),
        ...(listenersOf(emitter) === 0 ? [] : [`${listenersOf(emitter)} listeners`]),
      ],
    };
  },
};

/** An event target that counts its listeners. */
class CountingTarget extends EventTarget {
  count = 0;

  override addEventListener(...args: Parameters<EventTarget['addEventListener']>): void {
    this.count += 1;
    super.addEventListener(...args);
  }

  override removeEventListener(...args: Parameters<EventTarget['removeEventListener']>): void {
    this.count -= 1;
    super.removeEventListener(...args);
  }
}

describe.each(gears)('fromEvent(), in the %s gear', (gear) => {
  test.each(contractOf(ofEmitter, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });

  test('gives the event of a target', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const target = new CountingTarget();
      loop.callLater(1, () => target.dispatchEvent(new CustomEvent('open', { detail: 5 })));
      const event = yield* on(fromEvent<CustomEvent<number>>(target, 'open'));
      log(event.type, event.detail, target.count);
    });
    expect(lines).toEqual(['open 5 0']);
  });

  test('lets events pass that are not meant; a filter that throws fails the wait', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const emitter = new EventEmitter();
      for (const n of [1, 2, 3]) loop.callLater(n, () => emitter.emit('tick', n));
      log(yield* on(fromEvent<[number]>(emitter, 'tick', { filter: ([n]) => n > 1 })), loop.time());
      const failing = fromEvent(emitter, 'tick', {
        filter: () => {
          throw new Error('broken');
        },
      });
      log(yield* attempt(failing), listenersOf(emitter));
    });
    expect(lines).toEqual(['[2] 2', 'broken 0']);
  });

  test('fails with the error of an error event, whatever that is called', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const emitter = new EventEmitter();
      loop.callLater(1, () => emitter.emit('abort', 'bored'));
      try {
        yield* on(fromEvent(emitter, 'open', { error: 'abort' }));
      } catch (error) {
        log((error as CotaskError).code, (error as CotaskError).cause, listenersOf(emitter));
      }
      const target = new CountingTarget();
      loop.callLater(1, () => target.dispatchEvent(Object.assign(new Event('error'), { error: new Error('broken') })));
      log(yield* attempt(fromEvent(target, 'open', { error: 'error' })), target.count);
    });
    expect(lines).toEqual(['COTASK_EVENT_ERROR bored 0', 'broken 0']);
  });

  test("waits for an emitter's error where that is the event, and does not mind it where it is told so", async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const emitter = new EventEmitter();
      loop.callLater(1, () => emitter.emit('error', 'broken'));
      log(yield* on(fromEvent(emitter, 'error')));
      emitter.on('error', () => {});
      loop.callLater(1, () => emitter.emit('error', 'broken'));
      loop.callLater(2, () => emitter.emit('open'));
      log(yield* on(fromEvent(emitter, 'open', { error: null })), listenersOf(emitter));
    });
    expect(lines).toEqual(['[broken]', '[] 1']);
  });

  test('is ended by a signal, before it begins and while it waits', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const emitter = new EventEmitter();
      const controller = new AbortController();
      const waiting = fromEvent(emitter, 'open', { signal: controller.signal });
      loop.callLater(2, () => controller.abort(new Error('left')));
      log(yield* attempt(waiting), loop.time(), listenersOf(emitter));
      log(yield* attempt(fromEvent(emitter, 'open', { signal: controller.signal })), listenersOf(emitter));
    });
    expect(lines).toEqual(['left 2 0', 'left 0']);
  });

  test('removes its listeners when it is cancelled', async () => {
    const lines = await play(gear, function* ({ log }) {
      const [emitter, target] = [new EventEmitter(), new CountingTarget()];
      for (const wait of [() => fromEvent(emitter, 'open'), () => fromEvent(target, 'open', { error: 'error' })]) {
        log(
          yield* attempt(
            timeout(
              1,
              inGear(gear, () => on<unknown>(wait())),
            ),
          ),
          listenersOf(emitter),
          target.count,
        );
      }
    });
    expect(lines).toEqual(['TO 0 0', 'TO 0 0']);
  });

  test('has one listener an event, however many wait; they are told in their order, and each has arguments of its own', async () => {
    const lines = await play(gear, function* (stage) {
      const { log } = stage;
      const [emitter, target] = [new EventEmitter(), new CountingTarget()];
      const waiting = (name: string): EitherBody<void> =>
        (function* () {
          const args = yield* on(fromEvent<unknown[]>(emitter, 'go'));
          args.push(name);
          log(args);
          yield* on(fromEvent(target, 'end'));
          log(name, 'ends');
        })();
      const tasks = ['a', 'b', 'c', 'd'].map((name) => stage.spawn(() => waiting(name)));
      yield* on(sleep(1));
      log(listenersOf(emitter));
      tasks[1]?.cancel();
      yield* on(sleep(1));
      log(listenersOf(emitter));
      emitter.emit('go', 5);
      yield* on(sleep(1));
      log(listenersOf(emitter), target.count);
      target.dispatchEvent(new Event('end'));
      yield* on(sleep(1));
      log(target.count);
    });
    expect(lines).toEqual(['2', '2', '[5, a]', '[5, c]', '[5, d]', '0 1', 'a ends', 'c ends', 'd ends', '0']);
  });

  test('hears an emitter that was made to forget all its listeners while others wait', async () => {
    const lines = await play(gear, function* (stage) {
      const { log } = stage;
      const emitter = new EventEmitter();
      const first = stage.spawn(() => on(fromEvent(emitter, 'open', { error: null })));
      yield* on(sleep(1));
      emitter.removeAllListeners();
      const second = stage.spawn(() => on(fromEvent(emitter, 'open', { error: null })));
      yield* on(sleep(1));
      emitter.emit('open', 1);
      log(yield* on(first), yield* on(second), listenersOf(emitter));
    });
    expect(lines).toEqual(['[1] [1] 0']);
  });

  test('takes an emitter that answers at once', async () => {
    const lines = await play(gear, function* ({ log }) {
      const heard = new Map<string, number>();
      const emitter = {
        on(name: string, listener: (...args: unknown[]) => void): void {
          heard.set(name, (heard.get(name) ?? 0) + 1);
          if (name === 'open') listener('at once');
        },
        off: (name: string): void => void heard.set(name, (heard.get(name) ?? 0) - 1),
      };
      log(yield* on(fromEvent(emitter, 'open')), [...heard.values()], yield* attempt(sleep(1, 'free')));
    });
    expect(lines).toEqual(['[at once] [0, 0] free']);
  });
});

test('fromEvent() is typed', () => {
  void (() => {
    expectTypeOf(fromEvent(new EventTarget(), 'open')).toEqualTypeOf<Awaitable<Event>>();
    expectTypeOf(fromEvent<MessageEvent>(new WebSocket('ws://a'), 'message')).toEqualTypeOf<Awaitable<MessageEvent>>();
    expectTypeOf(fromEvent(new EventEmitter(), 'open')).toEqualTypeOf<Awaitable<unknown[]>>();
    expectTypeOf(fromEvent<[number]>(process.stdin, 'data')).toEqualTypeOf<Awaitable<[number]>>();
    void fromEvent<[number]>(process.stdin, 'data', {
      filter: (args) => {
        expectTypeOf(args).toEqualTypeOf<[number]>();
        return true;
      },
    });
    // @ts-expect-error nothing that emits
    void fromEvent({}, 'open');
    // @ts-expect-error the name is missing
    void fromEvent(new EventTarget());
  });
});

test('a wrong call of fromEvent() is refused', () => {
  const refused = expect.objectContaining({ code: 'COTASK_BAD_OPTION' });
  expect(() => fromEvent({} as never, 'open')).toThrow(refused);
  expect(() => fromEvent(new EventEmitter(), 5 as never)).toThrow(refused);
  expect(() => fromEvent(new EventEmitter(), 'open', { once: true } as never)).toThrow(refused);
  expect(() => fromEvent(new EventEmitter(), 'open', { signal: new AbortController() as never })).toThrow(refused);
});
