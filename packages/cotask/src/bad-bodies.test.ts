/**
 * Mistakes inside a body: a bare `yield`, an awaitable taken for a list, a wait outside any step, a second await of a
 * coroutine. Each is an error at the very line, in words that say what was meant; the body may catch it and go on.
 */
import { describe, expect, test } from 'vitest';

import { CotaskError, Queue, coroutine, createTask, gather, getRunningLoop, sleep } from './index.ts';
import type { GeneratorBody } from './index.ts';
import { attempt, gears, on } from './testing/both-gears.ts';
import { play } from './testing/stage.ts';
import type { Stage } from './testing/stage.ts';
import { wrong } from './testing/wrong-call.ts';

const describeError = (error: unknown): string =>
  error instanceof CotaskError ? `${error.code}: ${error.message}` : String(error);

/** Does something and tells the error. */
function refusal(misuse: () => unknown): string {
  try {
    return `was not refused: ${String(misuse())}`;
  } catch (error) {
    return describeError(error);
  }
}

describe('a bare yield', () => {
  const mistakes: readonly { what: string; value: () => unknown; says: RegExp }[] = [
    { what: 'of a sleep', value: () => sleep(1), says: /"yield\*", not with "yield"/ },
    { what: 'of a coroutine', value: () => coroutine(async () => {})(), says: /"yield\*", not with "yield"/ },
    { what: 'of a future', value: () => getRunningLoop().createFuture(), says: /"yield\*", not with "yield"/ },
    { what: 'of a promise', value: () => Promise.resolve(1), says: /"yield\*".*fromPromise|fromPromise/ },
    { what: 'of a number', value: () => 1, says: /yielded 1/ },
    { what: 'of nothing', value: () => undefined, says: /yielded undefined/ },
    { what: 'of a function', value: () => coroutine, says: /function \(coroutine\)/ },
  ];

  test.each(mistakes)('$what is an error at its line, and the body may go on', async ({ value, says }) => {
    const body = coroutine(function* (): GeneratorBody<string[]> {
      const told: string[] = [];
      try {
        yield wrong(value());
      } catch (error) {
        told.push(describeError(error));
      }
      told.push(yield* sleep(1, 'goes on'));
      return told;
    });
    const lines = await play('generator', function* ({ log }) {
      for (const line of yield* on(body())) log(line);
    });
    expect(lines).toEqual([expect.stringMatching(/^COTASK_BARE_YIELD: /), 'goes on']);
    expect(lines[0]).toMatch(says);
  });
});

describe.each(gears)('an awaitable that is taken for a list, in the %s gear', (gear) => {
  const lists: readonly { what: string; make: (stage: Stage) => Iterable<unknown> }[] = [
    { what: 'a future', make: ({ loop }) => loop.createFuture() },
    { what: 'a task', make: () => createTask(sleep(1)) },
    { what: 'a sleep', make: () => sleep(1) },
    { what: 'a sleep of zero', make: () => sleep(0) },
  ];

  test.each(lists)('$what is refused with words', async ({ make }) => {
    const lines = await play(gear, function* (stage) {
      const list = make(stage);
      stage.log(refusal(() => [...list]));
      yield* on(sleep(5));
    });
    expect(lines).toEqual([expect.stringMatching(/^COTASK_(NOT_A_LIST|NOT_IN_A_STEP): .*"yield\*"/)]);
  });

  test('a coroutine is refused at its first wait at the latest', async () => {
    const lines = await play(gear, function* (stage) {
      const work = stage.coroutineOf(function* () {
        yield* on(sleep(1));
        stage.log('went on');
      })();
      const list: Iterable<unknown> = work;
      stage.log(refusal(() => [...list]));
      yield* on(sleep(5));
    });
    expect(lines).toEqual([expect.stringMatching(/^COTASK_(NOT_A_LIST|NOT_IN_A_STEP): .*"yield\*"/)]);
  });
});

describe('an awaitable that is iterated outside any step', () => {
  const waits: readonly { what: string; make: () => Iterable<unknown> }[] = [
    { what: 'a sleep', make: () => sleep(1) },
    { what: 'a coroutine', make: () => coroutine(function* () {})() },
  ];

  test.each(waits)('$what is refused with words', ({ make }) => {
    expect(refusal(() => [...make()])).toMatch(/^COTASK_NOT_IN_A_STEP: .*"yield\*".*"await"/);
  });

  test('in a callback of the loop is refused as well', async () => {
    const lines = await play('generator', function* (stage) {
      const future: Iterable<unknown> = stage.loop.createFuture();
      stage.loop.callSoon(() => stage.log(refusal(() => [...future])));
      yield* on(sleep(1));
    });
    expect(lines).toEqual([expect.stringMatching(/^COTASK_NOT_IN_A_STEP: a future/)]);
  });
});

describe.each(gears)('a coroutine, in the %s gear', (gear) => {
  test('that is awaited twice says that it runs once, by its name', async () => {
    const lines = await play(gear, function* (stage) {
      const fetchOne = coroutine(async function fetchOne() {
        await sleep(1);
        return 'value';
      });
      const once = fetchOne();
      stage.log(yield* attempt(once));
      for (const again of [() => on<unknown>(once), () => on<unknown>(createTask(once))]) {
        try {
          yield* again();
        } catch (error) {
          stage.log(describeError(error).replace(/;.*/, ''));
        }
      }
    });
    const reused = 'COTASK_COROUTINE_REUSED: coroutine fetchOne was begun already';
    expect(lines).toEqual(['value', `${reused}`, `${reused}`].map((line) => expect.stringContaining(line)));
  });
});

describe('a destructuring without yield*', () => {
  const waits: readonly { what: string; value: () => unknown }[] = [
    { what: 'a gather', value: () => gather(sleep(1)) },
    { what: 'a future', value: () => getRunningLoop().createFuture() },
    { what: 'a turn', value: () => sleep(0) },
    { what: 'a sleep', value: () => sleep(1) },
    { what: 'an item of a queue', value: () => new Queue().get() },
  ];

  test.each(waits)('of $what is an error at its line, and nothing is left', async ({ value }) => {
    const body = coroutine(function* (): GeneratorBody<string> {
      const told = refusal(() => {
        const [first] = wrong(value()) as unknown[];
        return first;
      });
      yield* sleep(0);
      return told;
    });
    const lines = await play('generator', function* ({ log }) {
      log(yield* on(body()));
    });
    expect(lines[0]).toMatch(/^COTASK_NOT_A_LIST: .*"yield\*"/);
  });
});
