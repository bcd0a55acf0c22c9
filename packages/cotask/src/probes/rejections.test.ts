/** How a process ends: each program runs in a plain process of its own, as a user's would. */

import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';

import { runFile } from './start-program.ts';
import type { Ending, Surroundings } from './start-program.ts';

const file = fileURLToPath(new URL('programs/endings.ts', import.meta.url));

const ending = (program: string, surroundings: Surroundings = {}): Promise<Ending> =>
  runFile(file, { ...surroundings, args: [program] });

describe('a promise that rejects only because of our cancel', () => {
  const cancelled = 'task COTASK_CANCELLED';

  // R1
  test('and that nobody holds does not end the process, nor print a warning', async () => {
    expect(await ending('helper that nobody holds')).toEqual({ code: 0, out: [cancelled, 'alive', 'exit 0'], err: '' });
  });

  // R1
  test('and that is held late gives no warning either', async () => {
    const out = ['held COTASK_CANCELLED', 'task returned', 'alive', 'exit 0'];
    expect(await ending('helper held late')).toEqual({ code: 0, out, err: '' });
  });

  // R1
  test('with an AbortError whose cause is our cancel is dropped too', async () => {
    expect(await ending('abort that nobody holds')).toEqual({ code: 0, out: [cancelled, 'alive', 'exit 0'], err: '' });
  });

  // R2
  test('in the very end of the run, when leftovers are cancelled, does not end the process', async () => {
    expect(await ending('helper of a leftover')).toEqual({ code: 0, out: ['main ends', 'exit 0'], err: '' });
  });
});

describe('every other rejection that nobody holds keeps its fate', () => {
  // R1
  test.each([
    { what: 'an error', program: 'foreign error', alone: 'error without a loop', says: 'boom' },
    { what: 'a number', program: 'foreign value', alone: 'value without a loop', says: '42' },
    {
      what: "a user's error with our cancel as its cause",
      program: 'error with our cancel as cause',
      alone: 'error without a loop',
      says: 'mine',
    },
    {
      what: 'a cancel of ours when the last loop has ended',
      program: 'after the last loop',
      alone: 'error without a loop',
      says: '',
    },
  ])('$what fails the process as it would without a loop', async ({ program, alone, says }) => {
    const [{ code, out, err }, fate] = [await ending(program), await ending(alone)];
    expect({ code, out }).toEqual({ code: 1, out: fate.out });
    expect(fate.code).toBe(1);
    expect(err).toContain(says);
  });

  // R1
  test('a listener of the user sees it, and not ours', async () => {
    const out = ['task COTASK_CANCELLED', 'alive', 'listener 42', 'alive', 'exit 0'];
    expect(await ending('listener of the user')).toEqual({ code: 0, out, err: '' });
  });
});

// R3
test('promises of the platform that are given the signal reject with our cancel, or with it as cause, and this ends the task cancelled', async () => {
  const out = [
    'timers AbortError COTASK_CANCELLED',
    'timers COTASK_CANCELLED true',
    'once AbortError COTASK_CANCELLED',
    'once COTASK_CANCELLED true',
    'watch AbortError COTASK_CANCELLED',
    'watch COTASK_CANCELLED true',
    'fetch CancelledError itself',
    'fetch COTASK_CANCELLED true',
    'exit 0',
  ];
  expect(await ending('platform promises given the signal')).toEqual({ code: 0, out, err: '' });
});

describe('runMain', () => {
  // H1
  test('keeps the process alive for its next timer, and ends it with 0', async () => {
    expect(await ending('main that returns')).toEqual({ code: 0, out: ['slept well', 'exit 0'], err: '' });
  });

  test('prints a failure and ends with 1', async () => {
    const { code, out, err } = await ending('main that fails');
    expect({ code, out }).toEqual({ code: 1, out: ['exit 1'] });
    expect(err).toContain('boom');
  });

  test('reports a task that failed unseen, by name, and ends with 1', async () => {
    const { code, out, err } = await ending('task that fails unseen');
    expect({ code, out }).toEqual({ code: 1, out: ['main ends', 'exit 1'] });
    expect(err).toContain('unlucky');
    expect(err).toContain('boom');
  });

  test.each([
    { signal: 'SIGINT', expected: 130 },
    { signal: 'SIGTERM', expected: 143 },
  ] as const)(
    'turns $signal into a cancel, lets the clean-up wait, and ends with $expected',
    async ({ signal, expected }) => {
      const { code, out } = await ending('main that is signalled', { signal });
      expect({ code, out }).toEqual({ code: expected, out: ['ready', 'clean', `exit ${expected}`] });
    },
  );

  test('takes a signal that comes twice at once for one', async () => {
    const { code, out } = await ending('main that is signalled twice at once');
    expect({ code, out }).toEqual({ code: 130, out: ['clean', 'exit 130'] });
  });

  test('ends at once at the second signal', async () => {
    const { code, out } = await ending('main that is signalled again');
    expect({ code, out }).toEqual({ code: 130, out: ['exit 130'] });
  });

  test('leaves a signal to the handler that the program has for it, and waits for it', async () => {
    const { code, out } = await ending('main with a handler of its own', { signal: 'SIGINT' });
    expect({ code, out }).toEqual({ code: 0, out: ['ready', 'handled', 'true', 'exit 0'] });
  });

  test('leaves signals to a receiver, and waits for them', async () => {
    const { code, out } = await ending('main that receives signals', { signal: 'SIGUSR2' });
    expect({ code, out }).toEqual({ code: 0, out: ['ready', 'SIGUSR2', 'SIGHUP', 'exit 0'] });
  });

  // H1
  test('names a deadlock and ends with 13', async () => {
    const { code, out, err } = await ending('deadlock of main');
    expect({ code, out }).toEqual({ code: 13, out: ['exit 13'] });
    expect(err).toContain('partner');
  });

  test('is in debug mode when the environment says so', async () => {
    const env = { COTASK_DEBUG: '1' };
    expect(await ending('debug mode', { env })).toEqual({ code: 0, out: ['debug true', 'exit 0'], err: '' });
    expect(await ending('debug mode')).toEqual({ code: 0, out: ['debug false', 'exit 0'], err: '' });
  });

  // H1
  test('names a deadlock in the generator gear as well', async () => {
    const { code, out, err } = await ending('deadlock in the generator gear');
    expect({ code, out }).toEqual({ code: 13, out: ['exit 13'] });
    expect(err).toContain('task "main" waits for');
  });

  // H1
  test("leaves alone a task whose queue is fed by a socket's callback", async () => {
    expect(await ending('queue that a socket feeds')).toEqual({ code: 0, out: ['from a socket', 'exit 0'], err: '' });
  });

  // H1
  test('takes a task that waits for a timer of another one for no deadlock', async () => {
    expect(await ending('deadlock that a timer outlives')).toEqual({ code: 0, out: ['item', 'exit 0'], err: '' });
  });
});

test('a run that handles signals is interrupted by SIGINT after its clean-up', async () => {
  const { code, out } = await ending('run that is interrupted');
  expect({ code, out }).toEqual({ code: 0, out: ['clean', 'COTASK_INTERRUPTED', 'exit 0'] });
});

// H1
test('a run whose tasks wait for each other rejects, when the platform has nothing left, with the chain of names', async () => {
  expect(await ending('deadlock of a run')).toEqual({ code: 0, out: ['run COTASK_DEADLOCK true', 'exit 0'], err: '' });
});
