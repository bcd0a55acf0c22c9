import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from 'cotask';
import { goodBody, hostileCases, startHostileOrigin } from '@cotask/test-servers';
import type { HostileCase, HostileOrigin } from '@cotask/test-servers';
import { download } from './download.ts';
import type { DownloadEvent, FileStored, LineFailed } from './events.ts';
import type { Report } from './report/report.ts';

/** Every way of an origin to answer badly, in one list: what a download makes of each. */
const cases = hostileCases.filter(
  ({ method, headers, requests }) => method === 'GET' && Object.keys(headers).length === 0 && requests === 1,
);
const RETRIES = 2;
const LONG = 20_000;
const SHORT = 500;

/** Where this download knowingly does something else than the table says. */
const DEVIATIONS: Readonly<Record<string, HostileCase['expects']['download']>> = {
  'interim-trickle': 'once', // The client ends it by its bound on the number of interim answers, as it ends a flood.
  'transfer-encoding-gzip': 'once', // Refused as a message that is no HTTP: one more try costs little.
  'transfer-encoding-unknown': 'once',
  'chunk-extension-endless': 'retry', // The parser reads on, as it may; the timeout ends it.
};

/** Those that only a limit ends have a short one, the others one that a busy machine does not reach. */
const isBounded = ({ name, expects }: HostileCase): boolean =>
  expects.client === 'bounded' || name === 'chunk-extension-endless';
const bounded = cases.filter((one) => isBounded(one));
const unbounded = cases.filter((one) => !isBounded(one));

describe('a download from a hostile origin', () => {
  let origin: HostileOrigin;
  let folder = '';
  const ends = new Map<string, FileStored | LineFailed>();

  async function downloadCases(chosen: readonly HostileCase[], timeout: number): Promise<Report> {
    const urls = chosen.map(({ name }) => origin.urlOf(name));
    const options = {
      into: join(folder, String(timeout)),
      limit: 64,
      limitPerHost: 64,
      retries: RETRIES,
      maxSize: 8_000_000,
      minRate: 100,
      timeout,
    };
    const onEvent = (event: DownloadEvent): void => {
      if (event.type === 'stored' || event.type === 'failed') ends.set(chosen[event.entry.line - 1]?.name ?? '', event);
    };
    return await run(download(urls, { ...options, onEvent }));
  }

  beforeAll(async () => {
    origin = await startHostileOrigin();
    folder = mkdtempSync(join(tmpdir(), 'hostile-'));
    await downloadCases(unbounded, LONG);
    await downloadCases(bounded, SHORT);
  }, 120_000);

  afterAll(async () => {
    await origin.waitForConnections(0);
    await origin.close();
    rmSync(folder, { recursive: true });
  });

  test('comes to an end for each', () => {
    expect([...ends.keys()].toSorted()).toEqual(cases.map(({ name }) => name).toSorted());
  });

  test('tells every failure in words of its own, not by names of options of the client', () => {
    const messages = [...ends.values()].map((end) => (end.type === 'failed' ? end.failure.message : ''));
    expect(messages.filter((message) => /\b[a-z]+[A-Z]|UND_ERR|Overflow Error/.test(message))).toEqual([]);
  });

  test.each(cases)('$name: $expects.download', (hostileCase) => {
    const { name, expects } = hostileCase;
    const end = ends.get(name);
    const outcome = DEVIATIONS[name] ?? expects.download;
    if (outcome === 'any') return expect(end).toBeDefined();
    expect(summaryOf(end)).toEqual(
      { stored: { stored: true }, final: { tries: 1 }, once: { tries: 2 }, retry: { tries: RETRIES + 1 } }[outcome],
    );
    if (end?.type === 'stored') expectContent(end, hostileCase);
  });

  function summaryOf(end: FileStored | LineFailed | undefined): object {
    if (end?.type === 'stored') return { stored: true };
    return { tries: end?.tries };
  }

  function expectContent({ entry, bytes }: FileStored, hostileCase: HostileCase): void {
    const { stored, body } = hostileCase.expects;
    const content = readFileSync(join(folder, String(isBounded(hostileCase) ? SHORT : LONG), entry.file));
    expect(content.length).toBe(bytes);
    const expected = stored ?? (body === null ? null : Buffer.from(body));
    if (expected !== null) expect(content.equals(expected)).toBe(true);
  }
});

describe('an origin that comes to its senses', () => {
  const healing = cases.filter(({ expects: { download: outcome } }) => outcome === 'retry');

  test('has all its files stored in the end', async () => {
    await using origin = await startHostileOrigin();
    const folder = mkdtempSync(join(tmpdir(), 'healing-'));
    const urls = healing.map(({ name }) => origin.urlOf(name, { goodAfter: 1 }));
    const files: string[] = [];
    const report = await run(
      download(urls, {
        ...{ into: folder, limit: 64, limitPerHost: 64, timeout: 1_000, minRate: 100 },
        onEvent: (event) => event.type === 'stored' && files.push(event.entry.file),
      }),
    );
    expect(report).toMatchObject({ files: urls.length, failed: 0 });
    for (const file of files) expect(readFileSync(join(folder, file), 'utf8')).toBe(goodBody);
    rmSync(folder, { recursive: true });
  }, 60_000);
});
