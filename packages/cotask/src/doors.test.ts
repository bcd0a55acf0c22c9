import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

import packageJson from '../package.json' with { type: 'json' };
import * as front from './index.ts';
import * as lowlevel from './lowlevel.ts';
import * as testing from './testing/index.ts';

const doors = [
  { door: '.', file: './index.ts', values: front },
  { door: './lowlevel', file: './lowlevel.ts', values: lowlevel },
  { door: './testing', file: './testing/index.ts', values: testing },
];

interface Name {
  name: string;
  type: boolean;
}

/** The names that a door hands on, types included. */
function namesOf(file: string): Name[] {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
  return [...text.matchAll(/export\s+(type\s+)?\{([^}]*)\}\s*from/g)].flatMap(([, type, list = '']) =>
    list
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '')
      .map((each) => ({
        name: each.replace(/^type\s+|^\w+\s+as\s+/g, ''),
        type: type !== undefined || each.startsWith('type '),
      })),
  );
}

const named = doors.map(({ door, file }) => ({ door, names: namesOf(file) }));

describe('the doors', () => {
  test('are those of the package', () => {
    const declared = Object.keys(packageJson.exports).filter((path) => path !== './package.json');
    expect(declared).toEqual(doors.map(({ door }) => door));
  });

  test.each(doors)('$door hands names on, and makes none of its own', ({ file }) => {
    const text = readFileSync(new URL(file, import.meta.url), 'utf8');
    const own = text.match(/^export (?!(?:type )?\{)(?:.*)$/gm);
    expect(own).toBe(null);
  });

  test('let every name out once', () => {
    const all = named.flatMap(({ names }) => names.map(({ name }) => name));
    expect(all.length).toBeGreaterThan(80);
    expect(all.filter((name, index) => all.indexOf(name) !== index)).toEqual([]);
  });

  test.each(doors)('$door has every value that it hands on', ({ door, values }) => {
    const names = named.find((each) => each.door === door)?.names ?? [];
    const handedOn = names.filter(({ type }) => !type).map(({ name }) => name);
    expect(Object.keys(values).toSorted()).toEqual(handedOn.toSorted());
    expect(Object.values(values).every((value: unknown) => value !== undefined)).toBe(true);
  });

  test('let out what has a test of its types', () => {
    const folder = fileURLToPath(new URL('.', import.meta.url));
    const files = globSync('**/*.types.test.ts', { cwd: folder });
    const tests = files.map((file) => readFileSync(`${folder}/${file}`, 'utf8')).join('\n');
    const all = named.flatMap(({ names }) => names.map(({ name }) => name));
    expect(all.filter((name) => !new RegExp(`\\b${name}\\b`).test(tests))).toEqual([]);
  });

  test('let no value out under two names', () => {
    const values: unknown[] = doors
      .flatMap((each) => Object.values<unknown>(each.values))
      .filter((value) => typeof value === 'function');
    expect(new Set(values).size).toBe(values.length);
  });
});

describe('the front door', () => {
  const has = (...names: string[]): void => {
    expect(names.filter((name) => !(name in front))).toEqual([]);
  };

  test('has the loop and its policies', () => {
    has('EventLoop', 'Handle', 'TimerHandle', 'getEventLoop', 'getRunningLoop', 'newEventLoop', 'setEventLoop');
    has('run', 'runMain', 'fifo', 'priority', 'random');
  });

  test('has tasks, and what makes and finds them', () => {
    has('Future', 'Task', 'coroutine', 'ensureFuture', 'createTask', 'currentTask', 'allTasks', 'sleep', 'fromPromise');
    has('isFuture', 'isCoroutine');
  });

  test('has scopes, and what waits for several', () => {
    has('taskGroup', 'timeout', 'timeoutAt', 'waitFor', 'shield', 'gather', 'wait', 'asCompleted');
    has('ALL_COMPLETED', 'FIRST_COMPLETED', 'FIRST_EXCEPTION');
  });

  test('has what tasks share', () => {
    has(
      'Lock',
      'Semaphore',
      'BoundedSemaphore',
      'Event',
      'Condition',
      'Barrier',
      'Queue',
      'PriorityQueue',
      'LifoQueue',
    );
  });

  test('has every error', () => {
    has('CotaskError', 'CancelledError', 'TimeoutError', 'InvalidStateError', 'TaskGroupError', 'MisuseError');
    has('QueueEmpty', 'QueueFull', 'QueueShutDown', 'BrokenBarrierError', 'DeadlockError');
  });
});

test('the low-level door has how to wait, the wait queue and the hooks; the testing door the virtual host', () => {
  expect(Object.keys(lowlevel)).toEqual(expect.arrayContaining(['park', 'WaitQueue', 'addHooks']));
  expect(Object.keys(testing)).toEqual(expect.arrayContaining(['VirtualHost']));
});
