import { createHash } from 'node:crypto';
import { Agent, request } from 'node:http';
import { expect, test } from 'vitest';
import { ask } from '../ask.ts';
import type { Asked } from '../ask.ts';
import type { Behaviour } from './behaviour.ts';
import type { SampleOrigin } from './sample-origin.ts';
import type { SampleFile } from './sample-file.ts';
import { startSampleOrigin } from './start-sample-origin.ts';

/** The first file of the set that behaves in this way. */
function fileWith(origin: SampleOrigin, kind: Behaviour['kind'], from = 0): SampleFile {
  for (let index = from; index < origin.files; index++) {
    if (origin.fileAt(index).behaviour.kind === kind) return origin.fileAt(index);
  }
  throw new Error(`The set has no file that is ${kind}.`);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function describeContent({ status, body }: Asked): unknown {
  return { status, bytes: body.length, sha256: sha256(body) };
}

/** Asks until it works, through redirects, as a downloader does; tells how often it failed. */
async function fetchAnyhow(url: string, agent: Agent): Promise<Asked & { readonly failures: number }> {
  for (let failures = 0, at = url; ;) {
    const answer = await ask(at, { agent }).catch(() => null);
    if (answer?.status === 200) return { ...answer, failures };
    if (answer?.headers.location === undefined) failures++;
    else at = new URL(answer.headers.location, at).href;
    if (failures > 5) throw new Error(`${url} failed six times.`);
  }
}

test('every file can be had, whole, with exactly the failures that its plan tells of', async () => {
  await using origin = await startSampleOrigin({ files: 160 });
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  await Promise.all(
    origin.urls.map(async (url, index) => {
      const { failures, ...answer } = await fetchAnyhow(url, agent);
      const { behaviour, contentType } = origin.fileAt(index);
      const planned = { unavailable: 2, reset: 2, cut: 1 }[behaviour.kind as string] ?? 0;
      expect(describeContent(answer), url).toEqual({ status: 200, ...origin.expected(url) });
      expect([url, failures]).toEqual([url, planned]);
      expect(answer.headers['content-type']).toBe(contentType);
    }),
  );
  agent.destroy();
});

test('a file that is unavailable says 503 twice, and some ask for a second of patience first', async () => {
  await using origin = await startSampleOrigin({ files: 80 });
  const patience: unknown[] = [];
  for (const from of [0, 40]) {
    const url = origin.url + fileWith(origin, 'unavailable', from).path;
    for (const status of [503, 503, 200]) {
      const answer = await ask(url);
      expect(answer.status).toBe(status);
      patience.push(answer.headers['retry-after']);
    }
  }
  expect(patience).toEqual(['1', undefined, undefined, undefined, undefined, undefined]);
});

test('a file that resets does so before the first byte, then in the middle, then no more', async () => {
  await using origin = await startSampleOrigin({ files: 40 });
  const file = fileWith(origin, 'reset');
  const url = origin.url + file.path;
  await expect(receivedUntilFailure(url)).resolves.toEqual({ code: 'ECONNRESET', head: false });
  await expect(receivedUntilFailure(url)).resolves.toEqual({ code: 'ECONNRESET', head: true });
  expect(describeContent(await ask(url))).toEqual({ status: 200, ...origin.expected(url) });
});

test('the file that is cut short promises all of it, sends half and closes, once', async () => {
  await using origin = await startSampleOrigin({ files: 40 });
  const file = fileWith(origin, 'cut');
  const url = origin.url + file.path;
  const received = await new Promise<number[]>((resolve) => {
    request(url, { agent: false }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.once('error', () => resolve([Number(response.headers['content-length']), bytes]));
    }).end();
  });
  expect(received).toEqual([file.bytes, file.bytes / 2]);
  expect(describeContent(await ask(url))).toEqual({ status: 200, ...origin.expected(url) });
});

test('redirects come with each status and each form of Location, and hold for HEAD too', async () => {
  await using origin = await startSampleOrigin();
  const seen = new Set<unknown>();
  for (let index = 0; index < origin.files; index++) {
    const { behaviour } = origin.fileAt(index);
    if (behaviour.kind !== 'redirect') continue;
    let url = origin.urlAt(index);
    for (const hop of behaviour.hops) {
      const { status, headers } = await ask(url, { method: 'HEAD' });
      expect(status).toBe(hop.status);
      seen.add(status).add(hop.location);
      url = new URL(headers.location ?? '', url).href;
      expect(origin.fileOf(url).index).toBe(index);
    }
    expect((await ask(url, { method: 'HEAD' })).status).toBe(200);
  }
  expect(seen).toEqual(new Set([301, 302, 307, 308, 'absolute', 'path', 'relative']));
});

test.each(['slow-start', 'trickle'] as const)('a file with %s comes whole', async (kind) => {
  await using origin = await startSampleOrigin({ files: 40 });
  const url = origin.url + fileWith(origin, kind).path;
  expect(describeContent(await ask(url))).toEqual({ status: 200, ...origin.expected(url) });
});

test('a slow file starts after its delay', async () => {
  await using origin = await startSampleOrigin({ files: 40 });
  const file = fileWith(origin, 'slow-start');
  const delay = file.behaviour.kind === 'slow-start' ? file.behaviour.delay : 0;
  expect(delay).toBeGreaterThanOrEqual(50);
  expect(delay).toBeLessThanOrEqual(300);
  const asked = performance.now();
  await ask(origin.url + file.path);
  // Timers of Node may fire a millisecond early.
  expect(performance.now() - asked).toBeGreaterThanOrEqual(delay - 1);
});

test('HEAD shows a failing file as it will be, and counts as no attempt', async () => {
  await using origin = await startSampleOrigin({ files: 40 });
  const file = fileWith(origin, 'unavailable');
  const url = origin.url + file.path;
  for (let i = 0; i < 3; i++) {
    const { status, headers, body } = await ask(url, { method: 'HEAD' });
    expect([status, headers['content-length'], headers.etag, body.length]).toEqual([
      200,
      String(file.bytes),
      file.etag,
      0,
    ]);
  }
  expect((await ask(url)).status).toBe(503);
});

test('a part can be asked for, and the parts make the whole', async () => {
  await using origin = await startSampleOrigin({ files: 40, calm: true });
  const url = origin.urlAt(0);
  const { bytes, sha256: checksum } = origin.expected(url);
  const first = await ask(url, { headers: { range: 'bytes=0-999' } });
  const etag = first.headers.etag ?? '';
  const rest = await ask(url, { headers: { range: 'bytes=1000-', 'if-range': etag } });
  expect([first.status, first.headers['content-range']]).toEqual([206, `bytes 0-999/${bytes}`]);
  expect([rest.status, rest.headers['content-range']]).toEqual([206, `bytes 1000-${bytes - 1}/${bytes}`]);
  expect(first.headers['accept-ranges']).toBe('bytes');
  expect(sha256(Buffer.concat([first.body, rest.body]))).toBe(checksum);
});

test('a part beyond the end is 416, a part of another state is the whole, a copy that is good is 304', async () => {
  await using origin = await startSampleOrigin({ files: 40, calm: true });
  const url = origin.urlAt(0);
  const { bytes } = origin.expected(url);
  const beyond = await ask(url, { headers: { range: `bytes=${bytes}-` } });
  expect([beyond.status, beyond.headers['content-range'], beyond.body.length]).toEqual([416, `bytes */${bytes}`, 0]);
  const changed = await ask(url, { headers: { range: 'bytes=10-', 'if-range': '"another"' } });
  expect([changed.status, changed.body.length]).toEqual([200, bytes]);
  const { headers } = changed;
  const good = await ask(url, { headers: { 'if-none-match': headers.etag ?? '' } });
  expect([good.status, good.body.length, good.headers.etag]).toEqual([304, 0, headers.etag]);
  const unchanged = await ask(url, { headers: { 'if-modified-since': headers['last-modified'] ?? '' } });
  expect(unchanged.status).toBe(304);
});

test('what is not of the set is 404, another method is 405', async () => {
  await using origin = await startSampleOrigin({ files: 40 });
  for (const path of ['/', '/files/40/a.txt', '/files/x/a.txt', '/files/1']) {
    expect((await ask(origin.url + path)).status, path).toBe(404);
  }
  const { status, headers } = await ask(origin.urlAt(0), { method: 'DELETE' });
  expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
});

/** What comes of a GET that fails: the code of the error, and whether a head came first. */
function receivedUntilFailure(url: string): Promise<{ code: unknown; head: boolean }> {
  return new Promise((resolve, reject) => {
    let head = false;
    const fail = (error: NodeJS.ErrnoException): void => resolve({ code: error.code, head });
    const outgoing = request(url, { agent: false }, (response) => {
      head = true;
      response
        .resume()
        .once('error', fail)
        .once('end', () => reject(new Error('It came whole.')));
    });
    outgoing.once('error', fail).end();
  });
}
