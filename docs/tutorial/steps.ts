// Draws the pictures of the tutorial: the two lists at each step of its program, from a trace of a run.
//
//   node --conditions=cotask-source docs/tutorial/steps.ts      writes docs/tutorial/steps/1.svg, 2.svg, …
import { mkdirSync, writeFileSync } from 'node:fs';
import { run } from 'cotask';
import type { Task } from 'cotask';
import { addHooks, describeWaits } from 'cotask/lowlevel';
import { VirtualHost } from 'cotask/testing';
import { draw } from '../pictures/drawing.ts';
import type { Snapshot } from '../pictures/drawing.ts';
import { main } from './report-and-mail.ts';

/** One step of a task: the lists when it began, and what it did. */
export interface TracedStep extends Snapshot {
  readonly at: number;
  readonly did: string[];
}

/** Both lists, as the task that runs would see them. */
function lookAround(running: Task<unknown>): Snapshot {
  const loop = running.getLoop();
  const others = (tasks: readonly Task<unknown>[]): Task<unknown>[] => tasks.filter((task) => task !== running);
  return {
    running: running.name,
    ready: others(loop.readyTasks()).map((task) => task.name),
    waiting: others(loop.waitingTasks()).map((task) => ({ name: task.name, waitsFor: describeWaits(task) })),
  };
}

/** Runs the program on simulated time; gives its steps in order, and what each printed, made and waited for. */
export async function traceSteps(): Promise<TracedStep[]> {
  const steps: TracedStep[] = [];
  const note = (what: string): void => void steps.at(-1)?.did.push(what);
  const stop = addHooks({
    stepBegins: (task) => void steps.push({ ...lookAround(task), at: task.getLoop().time(), did: [] }),
    taskCreated: (task) => note(`makes task ${task.name}`),
    taskWaits: (_task, { label }) => note(`waits for ${label}`),
    taskEnded: () => note('ends'),
  });
  const { log } = console;
  console.log = (line: string) => note(`prints “${line}”`);
  try {
    await run(main(), { host: new VirtualHost() });
  } finally {
    console.log = log;
    stop();
  }
  return steps;
}

/** The pictures, the same in every run. */
export async function drawSteps(): Promise<string[]> {
  const steps = await traceSteps();
  const most = Math.max(...steps.flatMap(({ ready, waiting }) => [ready.length, waiting.length]));
  return steps.map((step, index) =>
    draw(step, {
      heading: `Step ${index + 1} of ${steps.length}, at ${step.at} ms: ${step.running} runs`,
      line: `It ${step.did.join(', then ')}.`,
      most,
    }),
  );
}

if (import.meta.main) {
  const folder = new URL('steps/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const [index, picture] of (await drawSteps()).entries()) {
    writeFileSync(new URL(`${index + 1}.svg`, folder), picture);
  }
}
