/**
 * Long use in miniature: one session in a process of its own, requests of every kind in it, and what it holds on the way.
 * `npm test` takes 10,000 of them with a fixed seed, `npm run soak` 1,000,000 with a new one.
 */
import { startServer } from '@cotask/test-servers';
import { spawn } from 'node:child_process';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildProgram } from './build-program.ts';
import { answer } from './long-use-answers.ts';
import type { LongUseReport, LongUseSample } from './long-use-main.ts';

const requests = Number(process.env.COTASK_HTTP_LONG_REQUESTS ?? 10_000);
const seed = Number(process.env.COTASK_HTTP_LONG_SEED ?? 1);
/** In a shorter run, what grows is what V8 compiles. */
const isLong = requests >= 500_000;

/** How each kind may end. A connection that is cut as it is used again is tried once more. */
const mayEnd: Record<string, readonly string[]> = {
  bytes: ['200'],
  chunks: ['200'],
  redirect: ['200'],
  missing: ['404'],
  gzip: ['200'],
  cookie: ['200'],
  echo: ['200'],
  released: ['200'],
  close: ['200'],
  cut: ['COTASK_HTTP_DISCONNECTED'],
  half: ['COTASK_HTTP_PAYLOAD'],
  'timed out': ['COTASK_TIMEOUT'],
  cancelled: ['COTASK_CANCELLED'],
};

let report: LongUseReport;

beforeAll(async () => {
  await using server = await startServer(answer, { record: false });
  await using folder = await mkdtempDisposable(join(tmpdir(), 'cotask-long-use-'));
  const program = await buildProgram(fileURLToPath(new URL('long-use-main.ts', import.meta.url)), folder.path);
  const args = ['--expose-gc', program, server.url, String(requests), String(seed)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  report = JSON.parse(await text(child.stdout));
  await server.waitForConnections(0);
}, 1_800_000);

/** The mean of a quarter of the samples. */
function quarter(which: 'first' | 'last', of: (sample: LongUseSample) => number): number {
  const { samples } = report;
  const share = samples.length / 4;
  const taken = which === 'first' ? samples.slice(0, share) : samples.slice(-share);
  return taken.reduce((sum, sample) => sum + of(sample), 0) / taken.length;
}

describe(`${requests} requests in one session, seed ${seed}`, () => {
  test('each ends as its kind does', () => {
    const unexpected = Object.keys(report.ends).filter((end) => {
      const [kind = '', how = ''] = end.split(': ');
      return mayEnd[kind]?.includes(how) !== true;
    });
    expect(unexpected).toEqual([]);
    expect(Object.keys(report.ends)).toHaveLength(Object.keys(mayEnd).length);
    expect(Object.values(report.ends).reduce((a, b) => a + b)).toBe(1.05 * requests);
  });

  test('the heap does not grow', () => {
    const [first, last] = [quarter('first', ({ heap }) => heap), quarter('last', ({ heap }) => heap)];
    if (isLong) expect(last / first).toBeLessThan(1.05);
    else expect(last - first).toBeLessThan(2_000_000);
  });

  test.runIf(isLong)('nor does the process', () => {
    expect(quarter('last', ({ rss }) => rss) / quarter('first', ({ rss }) => rss)).toBeLessThan(1.05);
  });

  test('there are never more sockets than the limit of 40 and a few that are closing, and the jar keeps its bound', () => {
    expect(report.samples).toHaveLength(40);
    for (const { sockets } of report.samples) expect(sockets).toBeLessThanOrEqual(50);
    expect(report.cookies).toBe(180);
  });

  test('nothing is left of it', () => {
    expect(report.after).toEqual(report.before);
  });
});
