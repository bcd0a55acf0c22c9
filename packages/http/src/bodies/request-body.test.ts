import { coroutine, createTask, currentTask, run, sleep } from 'cotask';
import { startServer, type Handler } from '@cotask/test-servers';
import { describe, expect, test } from 'vitest';
import { ClientSession, type RequestOptions } from '../index.ts';
import { Upload } from './upload.ts';

const echo: Handler = async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { 'content-type': type, 'content-length': length, 'transfer-encoding': coding } = request.headers;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ type, length, coding, body: Buffer.concat(chunks).toString('latin1') }));
};

async function post(options: RequestOptions): Promise<Record<string, string>> {
  await using server = await startServer(echo);
  await using session = new ClientSession();
  return await (await session.post(server.url, options)).json<Record<string, string>>();
}

test.each([
  ['json', { json: { a: [1, null] } }, { type: 'application/json', length: '14', body: '{"a":[1,null]}' }],
  ['json null', { json: null }, { type: 'application/json', body: 'null' }],
  [
    'form',
    { form: { a: ['1', 2], b: 'x y' } },
    { type: 'application/x-www-form-urlencoded;charset=UTF-8', length: '13', body: 'a=1&a=2&b=x+y' },
  ],
  ['text', { data: 'é' }, { type: 'text/plain;charset=UTF-8', length: '2', body: 'Ã©' }],
  ['bytes', { data: new Uint8Array([1, 2]) }, { type: 'application/octet-stream', length: '2', body: '\x01\x02' }],
  [
    'an ArrayBuffer',
    { data: new Uint8Array([65]).buffer },
    { type: 'application/octet-stream', length: '1', body: 'A' },
  ],
  [
    'URLSearchParams',
    { data: new URLSearchParams({ q: 'ü' }) },
    { type: 'application/x-www-form-urlencoded;charset=UTF-8', body: 'q=%C3%BC' },
  ],
  ['a Blob', { data: new Blob(['abc'], { type: 'text/csv' }) }, { type: 'text/csv', length: '3', body: 'abc' }],
  ['an empty text', { data: '' }, { length: '0', body: '' }],
  ['nothing', {}, { length: '0', body: '' }],
  [
    'pieces',
    { data: ['one ', Buffer.from('two')] },
    { type: 'application/octet-stream', coding: 'chunked', body: 'one two' },
  ],
  [
    'a stream with a known length',
    { data: new Blob(['12345']).stream(), headers: { 'content-length': '5' } },
    { length: '5', body: '12345' },
  ],
  [
    'a type of one’s own',
    { json: 1, headers: { 'content-type': 'application/vnd.x+json' } },
    { type: 'application/vnd.x+json', body: '1' },
  ],
] as [string, RequestOptions, Record<string, string>][])('sends %s', async (_name, options, expected) => {
  expect(await post(options)).toMatchObject(expected);
});

test('sends a form with files as multipart', async () => {
  const form = new FormData();
  form.append('field', 'value');
  form.append('file', new File(['content'], 'name.txt', { type: 'text/plain' }));
  const { type, body } = await post({ data: form });
  expect(type).toMatch(/^multipart\/form-data; boundary=/u);
  expect(body).toContain('filename="name.txt"');
  expect(body?.split(`--${type?.split('boundary=')[1]}`)).toHaveLength(4);
});

describe('a streamed body', () => {
  test('comes from an async generator, which may wait for things of ours in its task', async () => {
    await using server = await startServer(echo);
    await using session = new ClientSession();
    const main = coroutine(async () => {
      const task = currentTask();
      const source = async function* (): AsyncGenerator<string> {
        for (let i = 0; i < 3; i++) {
          await sleep(1);
          yield currentTask() === task ? 'mine ' : 'lost ';
        }
      };
      const response = await session.post(server.url, { data: source() });
      return (await response.json<{ body: string }>()).body;
    });
    expect(await run(main())).toBe('mine mine mine ');
  });

  test('its error ends the request and is thrown as it is', async () => {
    await using server = await startServer(echo);
    await using session = new ClientSession();
    const fault = new Error('the file was truncated');
    const source = async function* (): AsyncGenerator<string> {
      yield 'some';
      throw fault;
    };
    await expect(session.post(server.url, { data: source() })).rejects.toBe(fault);
    await server.waitForConnections(0);
  });

  test('a piece that is neither text nor bytes is refused', async () => {
    await using server = await startServer(echo);
    await using session = new ClientSession();
    const source = new ReadableStream({
      start(controller) {
        controller.enqueue(5);
      },
    });
    await expect(session.post(server.url, { data: source })).rejects.toMatchObject({ code: 'COTASK_HTTP_OPTION' });
  });

  test('a cancel closes the source, though it is in the middle of a piece', async () => {
    await using server = await startServer((request) => void request.resume());
    await using session = new ClientSession();
    let closed = false;
    const source: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => {
        let asked = 0;
        return {
          next: () => (asked++ === 0 ? Promise.resolve({ done: false, value: 'first' }) : new Promise(() => undefined)),
          return: () => {
            closed = true;
            return Promise.resolve({ done: true, value: undefined });
          },
        };
      },
    };
    const main = coroutine(async () => {
      const task = createTask(session.post(server.url, { data: source }));
      while (server.requests === 0) await new Promise((resolve) => setImmediate(resolve));
      task.cancel();
      await Promise.resolve(task.then(null, () => undefined));
    });
    await run(main());
    expect(closed).toBe(true);
    await server.waitForConnections(0);
  });

  test('a cancel closes the source before there is a connection', async () => {
    await using session = new ClientSession({ lookup: () => undefined });
    let closed = false;
    const source: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({
        next: () => expect.unreachable(),
        return: () => {
          closed = true;
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    };
    const main = coroutine(async () => {
      const task = createTask(session.post('http://nowhere.test/', { data: source }));
      await sleep(1);
      task.cancel();
      await Promise.resolve(task.then(null, () => undefined));
    });
    await run(main());
    expect(closed).toBe(true);
  });

  test('an answer that comes before the body was sent closes the source', async () => {
    await using server = await startServer((_request, response) => void response.writeHead(413).end('too large'));
    await using session = new ClientSession();
    let closed = false;
    const source = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          yield Buffer.alloc(1000);
          await new Promise((resolve) => setImmediate(resolve));
        }
      } finally {
        closed = true;
      }
    };
    const response = await session.post(server.url, { data: source() });
    expect([response.status, await response.text()]).toEqual([413, 'too large']);
    while (!closed) await new Promise((resolve) => setImmediate(resolve));
  });

  test('a source is closed once and asked no more after it was stopped', async () => {
    let asked = 0;
    const upload = new Upload({
      *[Symbol.iterator]() {
        for (;;) yield String(asked++);
      },
    });
    expect(await upload.next()).toEqual({ done: false, value: '0' });
    upload.stop();
    upload.stop();
    expect(await upload.next()).toEqual({ done: true, value: undefined });
    expect(await upload.return()).toEqual({ done: true, value: undefined });
    expect(asked).toBe(1);
  });
});
