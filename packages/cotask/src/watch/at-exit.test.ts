// What a program prints when it ends badly, in a process of its own: the chain of tasks, the circle of a deadlock.
import { expect, test } from 'vitest';

import { runSource } from '../probes/start-program.ts';

interface Report {
  readonly code: number | null;
  readonly lines: string[];
}

/** Runs a program; its standard error without the frames of stacks. */
async function reportOf(source: string, env: Record<string, string> = {}): Promise<Report> {
  const program = `import * as cotask from 'cotask';
    const { Lock, Queue, coroutine, createTask, gather, runMain, sleep } = cotask;\n${source}`;
  const { code, err } = await runSource(program, { env });
  const lines = err.trim().split('\n');
  return { code, lines: lines.filter((line) => !/^ +at /.test(line)) };
}

const failing = (error: string): string => `
  const fetchOne = coroutine(async () => { await sleep(1); throw ${error}; });
  const main = coroutine(async () => gather(createTask(fetchOne(), { name: 'fetch 3' }), sleep(1)));
  runMain(main());`;

test('a failure is printed with the tasks through which it came', async () => {
  expect(await reportOf(failing("new Error('out of paper')"))).toEqual({
    code: 1,
    lines: [
      'cotask: the main task failed: Error: out of paper',
      '    in task "fetch 3", awaited by task "main" (all 2 of a gather)',
    ],
  });
});

test('so is an error of cotask itself, without its stack', async () => {
  expect(await reportOf(failing('new cotask.TimeoutError()'))).toEqual({
    code: 1,
    lines: [
      'cotask: the main task failed: TimeoutError (COTASK_TIMEOUT): the deadline passed',
      '  in task "fetch 3", awaited by task "main" (all 2 of a gather)',
    ],
  });
});

test('a deadlock is printed as the chain of who waits for whom, and ends with 13', async () => {
  const { code, lines } = await reportOf(`
    const db = new Lock({ name: 'db' });
    const jobs = new Queue(0, { name: 'jobs' });
    const a = coroutine(async () => { await jobs.put(1); await sleep(2); await db.acquire(); });
    const b = coroutine(async () => { await db.acquire(); await jobs.get(); await jobs.get(); });
    const main = coroutine(async () => gather(createTask(a(), { name: 'a' }), createTask(b(), { name: 'b' })));
    runMain(main());`);
  expect({ code, lines }).toEqual({
    code: 13,
    lines: [
      'cotask: deadlock: 3 tasks wait, and nothing is left that could wake them:',
      '  task "main" waits for all 2 of a gather',
      '  task "a" waits for lock "db" held by task "b"',
      '  task "b" waits for an item of queue "jobs", which only task "a" has filled',
      '  in a circle: task "a" → task "b" → task "a"',
    ],
  });
});

test('COTASK_DEBUG=1 turns debug mode on', async () => {
  const { code, lines } = await reportOf(
    `const save = coroutine(async function save() {});
     runMain(coroutine(async () => { save(); const until = Date.now() + 150; while (Date.now() < until); await sleep(1); })());`,
    { COTASK_DEBUG: '1' },
  );
  expect(code).toBe(0);
  // On a busy machine another step may be slow as well.
  const slow = /^cotask: .* held the event loop for \d+ ms: nothing else could run meanwhile$/;
  expect(lines.some((line) => slow.test(line) && line.startsWith('cotask: task "main"'))).toBe(true);
  expect(lines.filter((line) => !slow.test(line))).toEqual([
    expect.stringMatching(/^cotask: coroutine save was never awaited: .*\(made at .*:\d+:\d+\)$/),
  ]);
});
