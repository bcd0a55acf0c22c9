// Draws docs/two-lists.svg: the two lists of a loop, as they stand at one moment of a small program.
//
//   node --conditions=cotask-source docs/two-lists.ts > docs/two-lists.svg
import { coroutine, createTask, gather, getRunningLoop, Queue, run, Semaphore, sleep } from 'cotask';
import type { GeneratorBody } from 'cotask';
import { describeWaits, park } from 'cotask/lowlevel';
import { VirtualHost } from 'cotask/testing';

interface Snapshot {
  readonly running: string;
  /** Longest-waiting first. */
  readonly ready: readonly string[];
  readonly waiting: readonly { readonly name: string; readonly waitsFor: string }[];
}

/** Six pages, four requests at a time, a writer and a clock; looked at while page b goes on with its answer. */
const takeSnapshot = coroutine(function* (): GeneratorBody<Snapshot> {
  const answers = new Map<string, () => void>();
  const atOnce = new Semaphore(4, { name: 'four at once' });
  const pages = new Queue<string>(0, { name: 'pages' });
  let snapshot: Snapshot | null = null;

  const readPage = coroutine(function* (name: string) {
    yield* atOnce.acquire();
    yield* park<void>(`the answer to GET /${name}`, ({ resolve }) => void answers.set(name, resolve));
    snapshot ??= lookAround();
  });
  createTask(pages.get(), { name: 'writer' });
  createTask(sleep(250), { name: 'clock' });
  const readers = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => createTask(readPage(name), { name: `page ${name}` }));
  createTask(coroutine(() => gather(readers))(), { name: 'crawl' });
  yield* sleep(1);
  for (const name of ['b', 'c', 'd']) answers.get(name)?.();
  yield* sleep(0);
  if (snapshot === null) throw new Error('no page has read its answer');
  return snapshot;
});

function lookAround(): Snapshot {
  const loop = getRunningLoop();
  const ready = loop.readyTasks().filter((task) => task.name !== 'main'); // the one that makes the others
  return {
    running: 'page b',
    ready: ready.map((task) => task.name),
    waiting: loop.waitingTasks().map((task) => ({ name: task.name, waitsFor: describeWaits(task) })),
  };
}

const style = `
  .card { fill: #ffffff; stroke: #d0d7de }
  .column { fill: #f6f8fa; stroke: #d0d7de }
  .task { fill: #ffffff; stroke: #8c959f }
  .now { fill: #1f6feb; stroke: #1f6feb }
  .inverse { fill: #ffffff; font-weight: 600 }
  .head { fill: #1f2328; font-weight: 600; font-size: 16px }
  .name { fill: #1f2328; font-weight: 600 }
  .soft { fill: #59636e }
  .way { fill: none; stroke: #59636e; stroke-width: 1.5 }
  .tip { fill: #59636e }
  text { font: 14px system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif }
  @media (prefers-color-scheme: dark) {
    .card { fill: #0d1117; stroke: #3d444d }
    .column { fill: #151b23; stroke: #3d444d }
    .task { fill: #0d1117; stroke: #656c76 }
    .head, .name { fill: #f0f6fc }
    .soft { fill: #9198a1 }
    .way { stroke: #9198a1 }
    .tip { fill: #9198a1 }
  }`;

const escapeText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const text = (x: number, y: number, kind: string, words: string, anchor = 'start'): string =>
  `<text x="${x}" y="${y}" class="${kind}" text-anchor="${anchor}">${escapeText(words)}</text>`;

const box = (x: number, y: number, width: number, height: number, kind: string): string =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8" class="${kind}"/>`;

const way = (path: string): string => `<path d="${path}" class="way" marker-end="url(#tip)"/>`;

function drawReady({ ready }: Snapshot): string[] {
  const tasks = ready.map(
    (name, i) => box(48, 118 + i * 44, 152, 34, 'task') + text(124, 140 + i * 44, 'name', name, 'middle'),
  );
  return [
    box(28, 56, 192, 300, 'column'),
    text(124, 86, 'head', 'ready', 'middle'),
    text(124, 104, 'soft', 'longest-waiting first', 'middle'),
    ...tasks,
    text(124, 340, 'soft', 'new tasks join its end', 'middle'),
  ];
}

function drawRunning({ running }: Snapshot): string[] {
  return [
    text(398, 86, 'head', 'running', 'middle'),
    text(398, 104, 'soft', 'one at a time', 'middle'),
    box(322, 118, 152, 34, 'now'),
    text(398, 140, 'inverse', running, 'middle'),
    way('M 202 135 H 318'),
    text(260, 126, 'soft', 'its turn', 'middle'),
    way('M 476 135 H 572'),
    text(523, 126, 'soft', 'it waits', 'middle'),
    way('M 398 154 V 206'),
    text(398, 226, 'soft', 'it ends', 'middle'),
  ];
}

function drawWaiting({ waiting }: Snapshot): string[] {
  const rows = waiting.map(({ name, waitsFor }, i) => {
    const y = 118 + i * 38;
    return `${box(594, y, 92, 30, 'task')}${text(640, y + 20, 'name', name, 'middle')}${text(698, y + 20, 'soft', `for ${waitsFor}`)}`;
  });
  return [
    box(576, 56, 356, 300, 'column'),
    text(754, 86, 'head', 'waiting', 'middle'),
    text(754, 104, 'soft', 'costs memory and nothing else', 'middle'),
    ...rows,
  ];
}

const drawWayBack = (): string[] => [
  way('M 574 316 H 224'),
  text(399, 306, 'soft', 'what it waits for is there:', 'middle'),
  text(399, 336, 'soft', 'to the end of the ready list', 'middle'),
];

function draw(snapshot: Snapshot): string {
  const says = `${snapshot.running} runs; ready: ${snapshot.ready.join(', ')}; waiting: ${snapshot.waiting.map(({ name }) => name).join(', ')}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 28 960 356" width="960" height="356" role="img" aria-labelledby="title says">
<title id="title">The two lists of the event loop</title>
<desc id="says">${escapeText(says)}</desc>
<style>${style}
</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M 0 0 L 8 4 L 0 8 z" class="tip"/></marker></defs>
${[box(0.5, 28.5, 959, 355, 'card'), ...drawReady(snapshot), ...drawRunning(snapshot), ...drawWaiting(snapshot), ...drawWayBack()].join('\n')}
</svg>
`;
}

/** The picture, the same in every run. */
export async function drawTwoLists(): Promise<string> {
  return draw(await run(takeSnapshot(), { host: new VirtualHost() }));
}

if (import.meta.main) process.stdout.write(await drawTwoLists());
