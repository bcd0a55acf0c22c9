import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { median, medianRatio } from './harness/statistics.ts';
import { figure, table, times } from './harness/table.ts';

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

function runBench(name: string, ...args: string[]): Promise<Ended> {
  const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const flags = ['--expose-gc', '--conditions=cotask-source'];
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [...flags, file, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (errors += chunk));
    child.once('error', failed);
    child.once('close', (code) => done({ code, output, errors }));
  });
}

/** The first cells of the rows of every table. */
function rowNames(output: string): string[] {
  return [...output.matchAll(/^\| ([a-z0-9].*?) +\|/gim)].map(([, name]) => name ?? '');
}

describe('the benches, in sizes that say nothing', { timeout: 120_000 }, () => {
  test('switches compares both gears, in three scenarios', async () => {
    const { code, output, errors } = await runBench('switches', '--tiny', '--only', 'generator gear,async gear');
    expect(errors).not.toContain('failed');
    expect(code).toBe(0);
    expect(rowNames(output).filter((name) => name === 'async gear')).toHaveLength(3);
  });

  test.each(['spawn', 'queues', 'locks', 'timers', 'cancel', 'limits'])(
    '%s compares both gears with promises',
    async (name) => {
      const contestants = ['generator gear', 'async gear', 'native promises'];
      const { code, output, errors } = await runBench(name, '--tiny', '--only', contestants.join(','));
      expect(errors).not.toContain('failed');
      expect(code).toBe(0);
      expect(rowNames(output)).toEqual([name, ...contestants]);
    },
  );

  test('waiters has both gears wait for a lock, a semaphore, an event and a signal', async () => {
    const { code, output, errors } = await runBench('waiters', '--tiny', '--only', 'generator gear,async gear');
    expect(errors).not.toContain('failed');
    expect(code).toBe(0);
    expect(rowNames(output).filter((name) => name === 'generator gear')).toHaveLength(4);
  });

  test('threads compares calls in threads with calls without', async () => {
    const { code, output, errors } = await runBench('threads', '--tiny');
    expect(errors).toBe('');
    expect(code).toBe(0);
    expect(rowNames(output)).toHaveLength(7);
  });

  test('memory tells what a task takes in both gears', async () => {
    const { code, output, errors } = await runBench('memory', '--tiny', '--only', 'generator gear,async gear');
    expect(errors).not.toContain('failed');
    expect(code).toBe(0);
    expect(rowNames(output)).toEqual(['generator gear', 'async gear', 'many', 'generator gear', 'async gear']);
    expect(output).not.toContain(' - |');
  });

  test('busy keeps sockets and timers going in both gears', async () => {
    const { code, output, errors } = await runBench('busy', '--tiny', '--only', 'generator gear,async gear');
    expect(errors).not.toContain('failed');
    expect(code).toBe(0);
    expect(rowNames(output)).toEqual(['busy', 'generator gear', 'async gear']);
  });

  test('loop-vs-threads downloads every file in each way', async () => {
    const ways = ['one by one', '8 threads', 'loop: 8 at once'];
    const { code, output, errors } = await runBench('loop-vs-threads', '--tiny', '--only', ways.join(','));
    expect(errors).not.toContain('failed');
    expect(code).toBe(0);
    expect(rowNames(output)).toEqual(ways);
  });

  test('http compares both gears with undici, or says what is missing', async () => {
    const contestants = ['generator gear', 'async gear', 'undici.request'];
    const { code, output, errors } = await runBench('http', '--tiny', '--only', contestants.join(','));
    expect(errors).not.toContain('failed');
    expect(code).toBe(0);
    if (errors.includes('http: skipped')) return expect(output).toBe('');
    expect(rowNames(output).filter((name) => name === 'async gear')).toHaveLength(2);
    expect(output.match(/\(bar: at (most|least) [\d.]+(×| MB), (met|missed|-)\)/g)).toHaveLength(28);
  });

  test('downloads compares what is installed, or says what is missing', async () => {
    const { code, output, errors } = await runBench('downloads', '--tiny', '--only', 'cotask,bare undici');
    expect(errors).not.toContain('failed');
    expect(code).toBe(0);
    if (errors.includes('downloads: skipped')) expect(output).toBe('');
    else expect(rowNames(output)).toEqual(['cotask', 'bare undici']);
  });

  test('an option that no bench has ends it with 2', async () => {
    const { code, errors } = await runBench('switches', '--fast');
    expect(code).toBe(2);
    expect(errors).toContain('--repetitions N');
  });

  test('a contestant that is not there ends it with 2, and names those that are', async () => {
    const { code, errors } = await runBench('switches', '--only', 'generator gear,asincio');
    expect(code).toBe(2);
    expect(errors).toMatch(/"asincio".*asyncio/);
  });
});

describe('the harness', () => {
  test('takes the middle of an odd and of an even number of figures', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 2, 9])).toBe(3);
    expect(median([])).toBeNaN();
  });

  test('compares runs of the same repetition', () => {
    expect(medianRatio([10, 40, 90], [1, 2, 3])).toBe(20);
    expect(medianRatio([10, 40], [1])).toBe(10);
  });

  test('prints figures with as many digits as say something', () => {
    expect([1_234.56, 56.78, 8.9, Number.NaN].map(figure)).toEqual(['1,235', '56.8', '8.90', '-']);
    expect(times(0.5)).toBe('0.50×');
  });

  test('lays tables out as Markdown', () => {
    expect(table([{ heading: 'name' }, { heading: 'ns', right: true }], [['a', '1,000']])).toBe(
      ['| name |    ns |', '| ---- | ----: |', '| a    | 1,000 |'].join('\n'),
    );
  });
});
