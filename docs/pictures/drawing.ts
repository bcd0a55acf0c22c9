// The two lists of a loop as a picture.

/** What stands in the lists at one moment. */
export interface Snapshot {
  readonly running: string;
  /** Longest-waiting first. */
  readonly ready: readonly string[];
  readonly waiting: readonly { readonly name: string; readonly waitsFor: string }[];
}

/** What a picture of several has besides: its heading, a line about what happens, and how many tasks a list has at most. */
export interface Caption {
  readonly heading: string;
  readonly line: string;
  readonly most: number;
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

function drawReady({ ready }: Snapshot, height: number): string[] {
  const tasks = ready.map(
    (name, i) => box(48, 118 + i * 44, 152, 34, 'task') + text(124, 140 + i * 44, 'name', name, 'middle'),
  );
  return [
    box(28, 56, 192, height, 'column'),
    text(124, 86, 'head', 'ready', 'middle'),
    text(124, 104, 'soft', 'longest-waiting first', 'middle'),
    ...tasks,
    text(124, height + 40, 'soft', 'new tasks join its end', 'middle'),
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

function drawWaiting({ waiting }: Snapshot, height: number): string[] {
  const rows = waiting.map(({ name, waitsFor }, i) => {
    const y = 118 + i * 38;
    return `${box(594, y, 92, 30, 'task')}${text(640, y + 20, 'name', name, 'middle')}${text(698, y + 20, 'soft', `for ${waitsFor}`)}`;
  });
  return [
    box(576, 56, 356, height, 'column'),
    text(754, 86, 'head', 'waiting', 'middle'),
    text(754, 104, 'soft', 'costs memory and nothing else', 'middle'),
    ...rows,
  ];
}

const drawWayBack = (height: number): string[] => [
  way(`M 574 ${height + 16} H 224`),
  text(399, height + 6, 'soft', 'what it waits for is there:', 'middle'),
  text(399, height + 36, 'soft', 'to the end of the ready list', 'middle'),
];

/** In words, for those who do not see the picture. */
const inWords = ({ running, ready, waiting }: Snapshot): string =>
  `${running} runs; ready: ${ready.join(', ')}; waiting: ${waiting.map(({ name }) => name).join(', ')}`;

/** The picture as SVG, for light and dark pages. */
export function draw(snapshot: Snapshot, caption?: Caption): string {
  const column = caption === undefined ? 300 : 174 + caption.most * 38;
  const top = caption === undefined ? 28 : -42;
  const lines =
    caption === undefined ? [] : [text(28, -4, 'head', caption.heading), text(28, 24, 'soft', caption.line)];
  const bottom = column + 84;
  const parts = [
    box(0.5, top + 0.5, 959, bottom - top - 1, 'card'),
    ...lines,
    ...drawReady(snapshot, column),
    ...drawRunning(snapshot),
    ...drawWaiting(snapshot, column),
    ...drawWayBack(column),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 ${top} 960 ${bottom - top}" width="960" height="${bottom - top}" role="img" aria-labelledby="title says">
<title id="title">${escapeText(caption?.heading ?? 'The two lists of the event loop')}</title>
<desc id="says">${escapeText([...(caption === undefined ? [] : [caption.line]), inWords(snapshot)].join(' '))}</desc>
<style>${style}
</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M 0 0 L 8 4 L 0 8 z" class="tip"/></marker></defs>
${parts.join('\n')}
</svg>
`;
}
