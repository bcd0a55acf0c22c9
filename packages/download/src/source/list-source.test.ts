import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { coroutine, createTask, fromPromise, run, sleep } from 'cotask';
import { isListedUrl } from './check-url.ts';
import { openList } from './list-source.ts';
import type { ListSource } from './list-source.ts';

/** The lines of a list as `number href` or `number !reason`. */
const readAll = coroutine(function* readAll(source: ListSource) {
  const list = yield* openList(source);
  const lines: string[] = [];
  for (let batch = yield* list.next(); batch !== null; batch = yield* list.next()) {
    lines.push(
      ...batch.map((entry) =>
        isListedUrl(entry) ? `${entry.line} ${entry.href}` : `${entry.line} !${entry.reason.split(';')[0]}`,
      ),
    );
  }
  expect(list.progress()).toBe(1);
  list.close();
  list.close();
  return lines;
});

describe('openList', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'list-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const file = (content: string | Uint8Array): { file: string } => {
    const path = join(folder, 'urls.txt');
    writeFileSync(path, content);
    return { file: path };
  };

  test('reads a file, a stream, an array and an async generator alike', async () => {
    const text = 'http://a/\nnope\nhttp://b/\n';
    const lines = ['1 http://a/', '2 !this is not a URL', '3 http://b/'];
    expect(await run(readAll(file(text)))).toEqual(lines);
    expect(
      await run(readAll({ stream: Readable.from([Buffer.from(text.slice(0, 5)), Buffer.from(text.slice(5))]) })),
    ).toEqual(lines);
    expect(await run(readAll(['http://a/', 'nope', ' http://b/ ']))).toEqual(lines);
    expect(await run(readAll({ stream: Readable.from([text]).setEncoding('utf8') }))).toEqual(lines);
    async function* urls(): AsyncGenerator<string> {
      yield 'http://a/';
      await null;
      yield 'nope';
      yield 'http://b/';
    }
    expect(await run(readAll(urls()))).toEqual(lines);
  });

  test('reads a file of many blocks, in order, and knows how much was read', async () => {
    const urls = Array.from({ length: 20_000 }, (_, index) => `http://h/${index}`);
    const source = file(urls.join('\n'));
    expect(await run(readAll(source))).toEqual(urls.map((url, index) => `${index + 1} ${url}`));
    const progress = coroutine(function* progress() {
      const list = yield* openList(source);
      const seen: number[] = [];
      let lines = 0;
      for (let batch = yield* list.next(); batch !== null; batch = yield* list.next()) {
        lines += batch.length;
        seen.push(Math.abs((list.progress() ?? 0) - lines / urls.length));
      }
      list.close();
      return Math.max(...seen);
    });
    expect(await run(progress())).toBeLessThan(0.05);
  });

  test('takes an empty list', async () => {
    expect(await run(readAll(file('')))).toEqual([]);
    expect(await run(readAll([]))).toEqual([]);
  });

  test.each([
    ['that is not there', (path: string) => join(path, 'nope.txt'), /does not exist/],
    ['that is a folder', (path: string) => path, /is a folder/],
  ])('refuses a file %s', async (_, path, words) => {
    await expect(run(readAll({ file: path(folder) }))).rejects.toMatchObject({
      code: 'COTASK_DOWNLOAD_LIST',
      message: expect.stringMatching(words),
      hint: expect.any(String),
    });
  });

  test('refuses a file in UTF-16 as a whole', async () => {
    await expect(run(readAll(file(Buffer.from('\ufeffhttp://a/\n', 'utf16le'))))).rejects.toMatchObject({
      code: 'COTASK_DOWNLOAD_LIST',
      message: expect.stringMatching(/UTF-16/),
    });
  });

  test('names what is no string in a list of strings', async () => {
    const odd: unknown[] = ['http://a/', 5, null];
    expect(await run(readAll(odd as string[]))).toEqual([
      '1 http://a/',
      '2 !this is no string but number',
      '3 !this is no string but object',
    ]);
  });

  test('reads no further than it is asked to', async () => {
    let taken = 0;
    function* urls(): Generator<string> {
      for (;;) yield `http://h/${taken++}`;
    }
    const main = coroutine(function* main() {
      const list = yield* openList(urls());
      yield* list.next();
      list.close();
    });
    await run(main());
    expect(taken).toBeLessThan(1_000);
  });

  test.skipIf(process.platform === 'win32')('reads a pipe by its path, whoever comes first', async () => {
    const path = join(folder, 'pipe');
    spawnSync('mkfifo', [path]);
    const main = coroutine(function* main() {
      const list = yield* openList({ file: path });
      expect([list.isRegular, list.progress()]).toEqual([false, null]);
      const reading = createTask(list.next());
      yield* sleep(5);
      const writing = writeFile(path, 'http://a/\nhttp://b/');
      const batches = [yield* reading, yield* list.next(), yield* list.next()];
      list.close();
      yield* fromPromise(writing);
      return batches.map((batch) => batch?.length ?? null);
    });
    expect(await run(main())).toEqual([1, 1, null]);
  });

  test.skipIf(process.platform === 'win32')('lets go of a pipe that nobody writes to', async () => {
    const path = join(folder, 'pipe');
    spawnSync('mkfifo', [path]);
    const main = coroutine(function* main() {
      const list = yield* openList({ file: path });
      const reading = createTask(list.next());
      yield* sleep(5);
      reading.cancel();
      yield* sleep(0);
      list.close();
      return reading.cancelled();
    });
    expect(await run(main())).toBe(true);
  });

  test.skipIf(process.platform !== 'linux')('leaves no handle to one who is cancelled while it is opened', async () => {
    const path = join(folder, 'pipe');
    spawnSync('mkfifo', [path]);
    const isOpen = (): boolean =>
      readdirSync('/proc/self/fd').some((name) => {
        try {
          return readlinkSync(`/proc/self/fd/${name}`) === path;
        } catch {
          return false; // The handle by which the folder is read.
        }
      });
    const main = coroutine(function* main() {
      const opening = createTask(openList({ file: path }));
      yield* sleep(0);
      opening.cancel();
      yield* sleep(50);
      return opening.cancelled();
    });
    expect([await run(main()), isOpen()]).toEqual([true, false]);
  });

  test('lets go of a stream that says nothing when it is closed', async () => {
    const silent = new Readable({ read() {} });
    const main = coroutine(function* main() {
      const list = yield* openList({ stream: silent });
      const reading = createTask(list.next());
      yield* sleep(5);
      reading.cancel();
      yield* sleep(0);
      list.close();
      return reading.cancelled();
    });
    expect(await run(main())).toBe(true);
    expect(silent.destroyed).toBe(true);
  });
});
