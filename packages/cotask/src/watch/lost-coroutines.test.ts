import { describe, expect, test } from 'vitest';

import { coroutine, createTask, gather, sleep } from '../index.ts';
import { foreignTurn } from '../probes/vocabulary.ts';
import { attempt, on } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';

const fetchOne = coroutine(async function fetchOne() {
  await sleep(1);
});

describe('in debug mode, a coroutine that was made and never awaited', () => {
  test('is reported at the end of the run at the latest, by its name and the line of the call', async () => {
    const lines = await play(
      'generator',
      function* () {
        void fetchOne();
        yield* on(sleep(1));
      },
      { debug: true },
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^reported: coroutine fetchOne was never awaited: put "await" or "yield\*" before it/);
  });

  test('is reported once, when it is collected', async () => {
    const lines = await play(
      'generator',
      function* ({ log }) {
        (() => void fetchOne())();
        for (let i = 0; i < 50; i++) {
          globalThis.gc?.();
          yield* on(sleep(1));
          yield* on(gather(foreignTurn()));
        }
        log('end');
      },
      { debug: true },
    );
    expect(lines.filter((line) => line.startsWith('reported: coroutine fetchOne was never awaited'))).toHaveLength(1);
    expect(lines).toContain('end');
  });

  test('is not one that was awaited, made a task, or gathered', async () => {
    const lines = await play(
      'generator',
      function* ({ log }) {
        yield* on(fetchOne());
        yield* on(createTask(fetchOne()));
        yield* on(gather(fetchOne(), fetchOne()));
        log('end');
      },
      { debug: true },
    );
    expect(lines).toEqual(['end']);
  });

  test('is not one whose task was cancelled before its first step', async () => {
    const lines = await play(
      'generator',
      function* ({ log }) {
        const task = createTask(fetchOne());
        task.cancel();
        yield* attempt(task);
        log('end');
      },
      { debug: true },
    );
    expect(lines).toEqual(['end']);
  });
});

test('outside debug mode nobody watches', async () => {
  const lines = await play('generator', function* ({ log }) {
    void fetchOne();
    yield* on(sleep(1));
    log('end');
  });
  expect(lines).toEqual(['end']);
});
