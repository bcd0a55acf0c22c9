import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { coroutine, createTask, run, sleep } from 'cotask';
import type { Task } from 'cotask';
import { VirtualHost } from 'cotask/testing';
import { startServer } from '@cotask/test-servers';
import { download } from './download.ts';
import type { DownloadEvent } from './events.ts';
import { fileNameFor } from './file-name-for.ts';
import type { DownloadOptions } from './options.ts';
import type { Report } from './report/report.ts';
import type { ListSource } from './source/list-source.ts';
import { BEAT } from './store/run-owner.ts';

let parent = '';
let into = '';
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'download-'));
  into = join(parent, 'out');
});
afterEach(() => rmSync(parent, { recursive: true }));

const fetchAll = (source: ListSource, options: Partial<DownloadOptions> = {}): Promise<Report> =>
  run(download(source, { into, ...options }));
const contentOf = (url: string, line?: number): string => readFileSync(join(into, fileNameFor(url, line)), 'utf8');
const listFile = (text: string): { file: string } => {
  const file = join(parent, 'urls.txt');
  writeFileSync(file, text);
  return { file };
};
/** What is in the folder, but for the report. */
const files = (): string[] => readdirSync(into).filter((name) => name !== 'report.json');

describe('a download', () => {
  test('puts every file of a list into the folder, and says so', async () => {
    await using server = await startServer((request, response) => void response.end(`content of ${request.url}`));
    const urls = ['/a.txt', '/b/c.txt', '/b/c.txt?x=1', '/ü.txt'].map((path) => server.url + path);
    const report = await fetchAll(listFile(urls.join('\n')));
    for (const [index, path] of ['/a.txt', '/b/c.txt', '/b/c.txt?x=1', '/%C3%BC.txt'].entries()) {
      expect(contentOf(urls[index] ?? '')).toBe(`content of ${path}`);
    }
    expect(report).toMatchObject({
      end: 'complete',
      lines: 4,
      files: 4,
      failed: 0,
      retries: 0,
      dropped: 0,
      folder: into,
      failedList: null,
    });
    expect(report.bytes).toBe(urls.reduce((sum, url) => sum + contentOf(url).length, 0));
    expect(JSON.parse(readFileSync(report.reportFile, 'utf8'))).toEqual(report);
    expect(files().length).toBe(4);
  });

  test('takes large files by pieces, and files without a byte', async () => {
    const large = Buffer.alloc(3_000_000, 'abc');
    await using server = await startServer(
      (request, response) => void response.end(request.url === '/large' ? large : ''),
    );
    const report = await fetchAll([`${server.url}/large`, `${server.url}/empty`]);
    expect(report).toMatchObject({ files: 2, bytes: 3_000_000 });
    expect(contentOf(`${server.url}/large`)).toBe(large.toString());
    expect(contentOf(`${server.url}/empty`)).toBe('');
  });

  test('gives a repeat in the list the number of its line, whether or not the first one could be had', async () => {
    let count = 0;
    await using server = await startServer((request, response) => {
      response.statusCode = request.url === '/gone' ? 404 : 200;
      response.end(String(++count));
    });
    const url = `${server.url}/x.txt`;
    const report = await fetchAll(
      listFile(`${url}\n# again\n${url}#fragment\n\n${url}\n${server.url}/gone\n${server.url}/gone\n`),
      { limit: 1 },
    );
    expect(files().toSorted()).toEqual(
      [fileNameFor(url), fileNameFor(url, 3), fileNameFor(url, 5), 'failed.txt'].toSorted(),
    );
    expect(report).toMatchObject({ files: 3, failed: 2, repeats: 3 });
    expect(readFileSync(join(into, 'failed.txt'), 'utf8')).toContain(
      `# line 6: the server answered 404 Not Found\n${server.url}/gone\n# line 7: `,
    );
  });

  test('names bad lines with their number, and goes on', async () => {
    await using server = await startServer((_, response) => void response.end('x'));
    const events: DownloadEvent[] = [];
    const report = await fetchAll(listFile(`${server.url}/a\nnonsense\nfile:///etc/passwd\n${server.url}/b\n`), {
      onEvent: (event) => void events.push(event),
    });
    expect(report).toMatchObject({ lines: 4, files: 2, failed: 2 });
    expect(report.failures).toEqual([
      {
        kind: 'bad line',
        count: 2,
        first: [
          { line: 2, url: 'nonsense', message: expect.stringContaining('not a URL') },
          { line: 3, url: 'file:///etc/passwd', message: expect.stringContaining('only http: and https: are') },
        ],
      },
    ]);
    expect(events.filter(({ type }) => type === 'failed').length).toBe(2);
    expect(server.requests).toBe(2);
  });

  test('sends headers, and the user and password of a URL, and writes neither down', async () => {
    await using server = await startServer((request, response) => {
      response.statusCode = request.url === '/no' ? 403 : 200;
      response.end(
        `${String(request.headers['x-key'])} ${request.headers.authorization} ${request.headers['accept-encoding']}`,
      );
    });
    const withUser = server.url.replace('//', '//user:secret@');
    await fetchAll([`${withUser}/x`, `${withUser}/no`], { headers: { 'X-Key': 'k' } });
    expect(contentOf(`${withUser}/x`)).toBe(`k Basic ${Buffer.from('user:secret').toString('base64')} identity`);
    for (const name of readdirSync(into))
      expect(name + (name.startsWith('http') ? '' : readFileSync(join(into, name), 'utf8'))).not.toContain('secret');
  });

  test('follows redirects, under the name of the URL in the list', async () => {
    await using server = await startServer((request, response) => {
      if (request.url === '/end') response.end('there');
      else response.writeHead(302, { location: '/end' }).end();
    });
    expect(await fetchAll([`${server.url}/start`])).toMatchObject({ files: 1, retries: 0 });
    expect(contentOf(`${server.url}/start`)).toBe('there');
  });

  test('takes an empty list, and makes a report of it', async () => {
    expect(await fetchAll(listFile('# nothing\n'))).toMatchObject({ end: 'complete', lines: 0, files: 0 });
    expect(readdirSync(into)).toEqual(['report.json']);
  });

  test('gives a sign of life every minute, for runs on other machines', async () => {
    const signs: number[] = [];
    async function* slow(): AsyncGenerator<string> {
      const note = join(into, '.cotask', readdirSync(join(into, '.cotask'))[0] ?? '', 'owner.json');
      const before = statSync(note).size;
      await sleep(2.5 * BEAT);
      signs.push(statSync(note).size - before);
      yield 'nonsense';
    }
    const report = await run(download(slow(), { into }), { host: new VirtualHost() });
    expect([report.failed, signs]).toEqual([1, [2]]);
  });

  test('syncs files in batches when asked to', async () => {
    await using server = await startServer((request, response) => void response.end(request.url));
    const urls = Array.from({ length: 300 }, (_, index) => `${server.url}/${index}`);
    expect(await fetchAll(urls, { fsync: true, limit: 50, limitPerHost: 50 })).toMatchObject({ files: 300, failed: 0 });
    expect(files().length).toBe(300);
    expect(contentOf(`${server.url}/299`)).toBe('/299');
  });

  test('ends with what a listener throws', async () => {
    await using server = await startServer((_, response) => void response.end('x'));
    const onEvent = (event: DownloadEvent): void => {
      if (event.type === 'stored') throw new Error('from the listener');
    };
    await expect(fetchAll([`${server.url}/x`], { onEvent })).rejects.toThrow('from the listener');
    expect(existsSync(join(into, '.cotask'))).toBe(false);
  });
});

describe('limits', () => {
  test('hold for all requests and for each host', async () => {
    let [together, most] = [0, 0];
    const slow = async (_: unknown, response: { end(text: string): unknown }): Promise<void> => {
      most = Math.max(most, ++together);
      await delay(5);
      together--;
      response.end('x');
    };
    await using one = await startServer(slow);
    await using other = await startServer(slow);
    const urls = Array.from(
      { length: 60 },
      (_, index) => `${index % 2 === 0 || index > 30 ? one.url : other.url}/${index}`,
    );
    expect(await fetchAll(urls, { limit: 6, limitPerHost: 4 })).toMatchObject({ files: 60 });
    expect(most).toBeLessThanOrEqual(6);
    expect([one.peakConcurrentRequests, other.peakConcurrentRequests].every((peak) => peak <= 4)).toBe(true);
    expect(one.peakConcurrentRequests).toBe(4);
  });

  test('let a slow host hold up its own lines only, in a list that is sorted by host', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await using slow = await startServer(async (_, response) => {
      await held;
      response.end('slow');
    });
    await using fast = await startServer((_, response) => void response.end('fast'));
    const urls = [
      ...Array.from({ length: 5_000 }, (_, index) => `${slow.url}/${index}`),
      ...Array.from({ length: 50 }, (_, index) => `${fast.url}/${index}`),
    ];
    const stop = new AbortController();
    let fastFiles = 0;
    const report = await fetchAll(urls, {
      ...{ limit: 20, limitPerHost: 2, stop: stop.signal, grace: 10_000 },
      onEvent: (event) => {
        if (event.type !== 'stored' || event.entry.host !== new URL(fast.url).host || ++fastFiles < 50) return;
        stop.abort();
        release();
      },
    });
    expect(report).toMatchObject({ files: 52, end: 'stopped' });
    expect(slow.requests).toBe(2);
  });
});

describe('retries', () => {
  test('overcome what passes: refusals, resets and short bodies', async () => {
    const tries = new Map<string, number>();
    await using server = await startServer((request, response) => {
      const path = request.url ?? '';
      const count = (tries.get(path) ?? 0) + 1;
      tries.set(path, count);
      if (count > 2) return void response.end('at last');
      if (path === '/busy') return void response.writeHead(503, { 'retry-after': '0' }).end();
      if (path === '/reset') return void request.socket.destroy();
      response.writeHead(200, { 'content-length': 100 }).write('short');
      request.socket.destroySoon();
    });
    const urls = ['/busy', '/reset', '/short'].map((path) => server.url + path);
    const events: DownloadEvent[] = [];
    const report = await fetchAll(urls, { onEvent: (event) => void events.push(event) });
    expect(report).toMatchObject({ files: 3, failed: 0 });
    expect(report.retries).toBeGreaterThanOrEqual(5); // A reset of a connection that was used before is tried again by the client itself.
    expect(report.mostRetried.map(({ tries: count }) => count).slice(0, 2)).toEqual([3, 3]);
    for (const url of urls) expect(contentOf(url)).toBe('at last');
    const retries = events.filter((event) => event.type === 'retry').map(({ failure }) => failure.kind);
    expect([...new Set(retries)].toSorted()).toEqual(['disconnected', 'http 503', 'short body']);
  });

  test('get so long each, where that is asked for, however steadily a body comes', async () => {
    await using server = await startServer((request, response) => {
      if (server.requestsByPath.get('/steady') === 2 || request.url !== '/steady') return void response.end('whole');
      response.writeHead(200, { 'content-length': 1_000_000 });
      const timer = setInterval(() => response.write(Buffer.alloc(100)), 20);
      response.on('close', () => clearInterval(timer));
    });
    const failed: string[] = [];
    const report = await fetchAll([`${server.url}/steady`, `${server.url}/quick`], {
      maxTime: 300,
      retries: 1,
      onEvent: (event) => event.type === 'retry' && failed.push(event.failure.message),
    });
    expect(report).toMatchObject({ files: 2, retries: 1 });
    expect(failed).toEqual([
      expect.stringMatching(
        /^it was not done within 300 ms \(all the time that a try has\) while it read the body, \d+/,
      ),
    ]);
  });

  test('are not spent on what will not pass, nor on more than allowed', async () => {
    await using server = await startServer(
      (request, response) => void response.writeHead(Number(request.url?.slice(1))).end('no'),
    );
    const report = await fetchAll(
      ['/404', '/500', '/403'].map((path) => server.url + path),
      { retries: 1 },
    );
    expect(report).toMatchObject({ failed: 3, files: 0, retries: 1 });
    expect(Object.fromEntries(server.requestsByPath)).toEqual({ '/404': 1, '/500': 2, '/403': 1 });
    expect(report.failures.map(({ kind }) => kind).toSorted()).toEqual(['http 403', 'http 404', 'http 500']);
    expect(files()).toEqual(['failed.txt']);
  });

  test('leave a host alone for as long as it asks, and not the others', async () => {
    const times: number[] = [];
    await using busy = await startServer((_, response) => {
      times.push(performance.now());
      if (times.length === 1) return void response.writeHead(429, { 'retry-after': '1' }).end();
      response.end('x');
    });
    await using other = await startServer((_, response) => void response.end('x'));
    const urls = [`${busy.url}/1`, `${busy.url}/2`, `${busy.url}/3`, `${other.url}/1`, `${other.url}/2`];
    const order: string[] = [];
    const report = await fetchAll(urls, {
      limitPerHost: 1,
      onEvent: (event) => event.type === 'stored' && order.push(event.entry.href),
    });
    expect(report).toMatchObject({ files: 5, retries: 1 });
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(990);
    expect(order.slice(0, 2)).toEqual(urls.slice(3));
  });

  test('hold nothing open: a line that waits for its next try lets others request', async () => {
    await using server = await startServer((request, response) => {
      if (request.url === '/busy') response.writeHead(500).end();
      else response.end('x');
    });
    const order: string[] = [];
    const report = await fetchAll(
      [`${server.url}/busy`, ...Array.from({ length: 20 }, (_, index) => `${server.url}/${index}`)],
      {
        ...{ limit: 1, retries: 2 },
        onEvent: (event) => (event.type === 'stored' || event.type === 'failed') && order.push(event.type),
      },
    );
    expect(report).toMatchObject({ files: 20, failed: 1 });
    expect(order.at(-1)).toBe('failed');
  });
});

describe('files of an earlier run', () => {
  const serve = (): ReturnType<typeof startServer> => startServer((_, response) => void response.end('new'));

  test('are refused before the first request', async () => {
    await using server = await serve();
    const source = listFile(`${server.url}/a\n${server.url}/b\n`);
    mkdirSync(into);
    writeFileSync(join(into, fileNameFor(`${server.url}/b`)), 'old');
    await expect(fetchAll(source)).rejects.toMatchObject({
      code: 'COTASK_DOWNLOAD_EXISTS',
      message: expect.stringContaining('line 2'),
      hint: expect.stringContaining('--skip-existing'),
    });
    await expect(fetchAll([`${server.url}/b`])).rejects.toMatchObject({ code: 'COTASK_DOWNLOAD_EXISTS' });
    expect(server.requests).toBe(0);
    expect(readdirSync(into)).toEqual([fileNameFor(`${server.url}/b`)]);
    expect(contentOf(`${server.url}/b`)).toBe('old');
  });

  test('are refused one by one where they are met late', async () => {
    await using server = await serve();
    mkdirSync(into);
    writeFileSync(join(into, fileNameFor(`${server.url}/last`)), 'old');
    const urls = [...Array.from({ length: 300 }, (_, index) => `${server.url}/${index}`), `${server.url}/last`];
    const report = await fetchAll(urls, { limitPerHost: 50 });
    expect(report).toMatchObject({ files: 300, failed: 1, refused: 1 });
    expect(contentOf(`${server.url}/last`)).toBe('old');
  });

  test('are left alone and not requested under skip, repeats included', async () => {
    await using server = await serve();
    const url = `${server.url}/a`;
    await fetchAll([url, url]);
    writeFileSync(join(into, fileNameFor(url)), 'old');
    const report = await fetchAll([url, url, `${server.url}/b`], { existing: 'skip' });
    expect(report).toMatchObject({ files: 1, skipped: 2, failed: 0, repeats: 1 });
    expect(contentOf(url)).toBe('old');
    expect(server.requests).toBe(3);
  });

  test('are replaced under overwrite, when the new file is whole', async () => {
    await using server = await startServer((request, response) => {
      if (request.url === '/bad') return void response.writeHead(404).end();
      response.end('new');
    });
    mkdirSync(into);
    for (const path of ['/a', '/bad']) writeFileSync(join(into, fileNameFor(server.url + path)), 'old');
    const report = await fetchAll([`${server.url}/a`, `${server.url}/bad`], { existing: 'overwrite' });
    expect(report).toMatchObject({ files: 1, failed: 1 });
    expect(contentOf(`${server.url}/a`)).toBe('new');
    expect(contentOf(`${server.url}/bad`)).toBe('old');
  });

  test('do not hinder another list', async () => {
    await using server = await serve();
    await fetchAll(listFile(`${server.url}/a\n`));
    expect(await fetchAll(listFile(`${server.url}/b\n`))).toMatchObject({ files: 1 });
    expect(files().length).toBe(2);
  });
});

describe('a list under strict', () => {
  test('is checked as a whole before the first request', async () => {
    await using server = await startServer((_, response) => void response.end('x'));
    const source = listFile(`${server.url}/a\nnonsense\n${'ftp://h/\n'.repeat(9)}`);
    await expect(fetchAll(source, { strict: true })).rejects.toMatchObject({
      code: 'COTASK_DOWNLOAD_STRICT',
      message: expect.stringMatching(/has 10 bad lines:\n {2}line 2: .*\n {2}line 3: .*\n[^]*and 5 more$/),
    });
    expect(server.requests).toBe(0);
    expect(existsSync(into)).toBe(false);
    expect(await fetchAll(listFile(`${server.url}/a\n`), { strict: true })).toMatchObject({ files: 1 });
  });
});

describe('an early end', () => {
  const hanging = (): ReturnType<typeof startServer> =>
    startServer((request, response) => {
      if (request.url?.startsWith('/quick') === true) return void response.end('x');
      response.writeHead(200, { 'content-length': 1_000_000 });
      response.write(Buffer.alloc(300_000));
    });

  test('by stop takes no more lines, gives what is under way its grace, and drops the rest', async () => {
    await using server = await hanging();
    const stop = new AbortController();
    const urls = [`${server.url}/quick`, ...Array.from({ length: 100 }, (_, index) => `${server.url}/${index}`)];
    const running = fetchAll(urls, { limitPerHost: 3, stop: stop.signal, grace: 100 });
    await server.waitForRequests(4);
    stop.abort();
    const report = await running;
    expect(report).toMatchObject({ end: 'stopped', files: 1, failed: 0, lines: 101, dropped: 100 });
    expect(files()).toEqual([fileNameFor(`${server.url}/quick`)]);
    await server.waitForConnections(0);
  });

  test('by stop before the beginning does nothing', async () => {
    await using server = await hanging();
    expect(await fetchAll([`${server.url}/quick`], { stop: AbortSignal.abort() })).toMatchObject({
      end: 'stopped',
      files: 0,
    });
    expect(server.requests).toBe(0);
  });

  test('by a cancel of its task ends every request at once and leaves no part and no socket', async () => {
    await using server = await hanging();
    const main = coroutine(async () => {
      const task: Task<Report> = createTask(
        download(
          Array.from({ length: 20 }, (_, index) => `${server.url}/${index}`),
          { into },
        ),
      );
      await server.waitForRequests(8);
      task.cancel('enough');
      await task;
    });
    await expect(run(main())).rejects.toMatchObject({ code: 'COTASK_CANCELLED' });
    expect(readdirSync(parent)).toEqual([]);
    await server.waitForConnections(0);
  });

  test('by a folder that vanishes is an error, with what was done until then', async () => {
    let count = 0;
    await using server = await startServer((_, response) => {
      if (++count === 20) rmSync(into, { recursive: true });
      response.end('x');
    });
    const urls = Array.from({ length: 100 }, (_, index) => `${server.url}/${index}`);
    await expect(fetchAll(urls, { limitPerHost: 1 })).rejects.toMatchObject({
      code: 'COTASK_DOWNLOAD_FOLDER',
      report: { end: 'stopped', lines: 100 },
    });
    expect(existsSync(into)).toBe(false);
  });
});

describe('bad options', () => {
  const options = (fields: object): DownloadOptions => ({ into: 'x', ...fields });

  test.each<[string, unknown, unknown]>([
    ['a list that is a string', 'http://a/', options({})],
    ['no list', undefined, options({})],
    ['a list that is a number', 5, options({})],
    ['a list file without a name', { file: '' }, options({})],
    ['a list that cannot be read', {}, options({})],
    ['no options', [], undefined],
    ['no folder', [], {}],
    ['an empty folder', [], options({ into: '' })],
    ['a folder with a NUL', [], options({ into: 'a\0b' })],
    ['an unknown option', [], options({ limits: 5 })],
    ['a limit of 0', [], options({ limit: 0 })],
    ['a limit that is no number', [], options({ limit: Number.NaN })],
    ['a limit that is a string', [], options({ limit: '5' })],
    ['a limit of a half', [], options({ limitPerHost: 0.5 })],
    ['retries below 0', [], options({ retries: -1 })],
    ['no timeout', [], options({ timeout: 0 })],
    ['an endless timeout', [], options({ timeout: Infinity })],
    ['no time at all', [], options({ maxTime: 0 })],
    ['another word for existing', [], options({ existing: 'ignore' })],
    ['strict without a file', [], options({ strict: true })],
    ['a largest file of no byte', [], options({ maxSize: 0 })],
  ])('refuses %s at once, with a code and a hint', (_, source, given) => {
    const start: (source: unknown, options: unknown) => unknown = download as never;
    expect(() => start(source, given)).toThrow(
      expect.objectContaining({ code: 'COTASK_DOWNLOAD_OPTION', hint: expect.stringMatching(/\w/) }),
    );
  });

  test('refuses a header that cannot be sent before anything is written', async () => {
    await expect(fetchAll([], { headers: { 'bad name': 'x' } })).rejects.toMatchObject({
      code: 'COTASK_DOWNLOAD_OPTION',
    });
    await expect(fetchAll([], { headers: { name: 'a\nb' } })).rejects.toMatchObject({ code: 'COTASK_DOWNLOAD_OPTION' });
    expect(existsSync(into)).toBe(false);
  });
});
