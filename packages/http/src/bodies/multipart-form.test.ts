import { coroutine, createTask, run, sleep } from 'cotask';
import { startServer, type Handler } from '@cotask/test-servers';
import fc from 'fast-check';
import { openAsBlob } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ClientSession, MultipartForm } from '../index.ts';

/** Reads the form as the platform does, and says what is in it and how it came. */
const handler: Handler = async (request, response) => {
  if (request.url === '/again') return void response.writeHead(307, { location: '/' }).end();
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  const form = await new Response(Buffer.concat(chunks), { headers }).formData();
  const fields: unknown[] = [];
  for (const [name, value] of form)
    fields.push(typeof value === 'string' ? [name, value] : [name, value.name, value.type, await value.text()]);
  response.end(JSON.stringify({ fields, length: request.headers['content-length'] ?? null }));
};

interface Seen {
  fields: unknown[];
  length: string | null;
}

async function send(form: MultipartForm, target = '/'): Promise<Seen> {
  await using server = await startServer(handler);
  await using session = new ClientSession();
  return await (await session.post(server.url + target, { data: form })).json<Seen>({ contentType: null });
}

async function* stream(): AsyncGenerator<string | Uint8Array> {
  yield 'one ';
  yield Buffer.from('two');
}

test('sends texts, bytes, blobs, files and streams', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'form-'));
  try {
    await writeFile(path.join(folder, 'file'), 'on disk');
    const form = new MultipartForm()
      .append('text', 'äöü')
      .append('text', 'again')
      .append('bytes', Buffer.from('bytes'), { filename: 'b.bin' })
      .append('blob', new Blob(['blob'], { type: 'text/x' }))
      .append('file', new File(['file'], 'ä.txt', { type: 'text/plain' }))
      .append('disk', await openAsBlob(path.join(folder, 'file')), { filename: 'disk.txt', contentType: 'text/y' });
    expect(form.replayable).toBe(true);
    const fields = [
      ['text', 'äöü'],
      ['text', 'again'],
      ['bytes', 'b.bin', 'application/octet-stream', 'bytes'],
      ['blob', 'blob', 'text/x', 'blob'],
      ['file', 'ä.txt', 'text/plain', 'file'],
      ['disk', 'disk.txt', 'text/y', 'on disk'],
    ];
    expect(await send(form)).toEqual({ fields, length: String(form.length) });
    expect(await send(form, '/again')).toMatchObject({ fields });
    form.append('stream', stream(), { filename: 's' });
    expect([form.length, form.replayable]).toEqual([null, false]);
    const last = ['stream', 's', 'application/octet-stream', 'one two'];
    expect(await send(form)).toEqual({ fields: [...fields, last], length: null });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('an empty form is one', async () => {
  const form = new MultipartForm();
  expect(form.length).toBe(form.boundary.length + 6);
  await expect(send(new MultipartForm().append('a', ''))).resolves.toMatchObject({ fields: [['a', '']] });
});

test('no name, filename or text ends its field', async () => {
  const text = fc.array(fc.constantFrom('\r', '\n', '"', '\\', '--', 'ü', ';', 'a', ': '), { maxLength: 8 });
  await using server = await startServer(handler);
  await using session = new ClientSession();
  await fc.assert(
    fc.asyncProperty(text, text, text, async (name, filename, value) => {
      const form = new MultipartForm().append(`n${name.join('')}`, value.join(''));
      form.append('file', Buffer.from(value.join('')), { filename: `f${filename.join('')}` }).append('last', 'x');
      const response = await session.post(server.url, { data: form });
      const { fields } = await response.json<Seen>({ contentType: null });
      expect(fields).toHaveLength(3);
      expect(fields[0]).toMatchObject([expect.any(String), value.join('')]);
      expect(fields[2]).toEqual(['last', 'x']);
    }),
    { numRuns: 100 },
  );
});

test('a stream is closed when the request is cancelled, and cannot be sent twice', async () => {
  let closed = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        yield new Uint8Array(1000);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    } finally {
      closed = true;
    }
  }
  await using server = await startServer(handler);
  await using session = new ClientSession();
  const main = coroutine(async () => {
    const task = createTask(session.post(server.url, { data: new MultipartForm().append('a', endless()) }));
    await server.waitForRequests(1);
    await sleep(10);
    task.cancel();
    await expect(task).rejects.toMatchObject({ code: 'COTASK_CANCELLED' });
  });
  await run(main());
  await server.waitForConnections(0);
  expect(closed).toBe(true);
  await expect(send(new MultipartForm().append('a', stream()), '/again')).rejects.toMatchObject({
    code: 'COTASK_HTTP_REDIRECT',
  });
});

test('what cannot be sent is refused where it is added', async () => {
  const form = new MultipartForm();
  expect(() => form.append('a', 5 as never)).toThrow('the field "a" must be a text');
  expect(() => form.append(5 as never, 'a')).toThrow('the name of a field must be a text');
  expect(() => form.append('a', 'b', { contentType: 'a\r\nb' })).toThrow('cannot be sent');
  await using session = new ClientSession();
  const headers = { 'content-type': 'multipart/form-data' };
  await expect(session.post('http://x.test/', { data: form, headers })).rejects.toThrow('carries its boundary');
});

test('a body of another kind has parts with header fields of their own, which the other side reads', async () => {
  const form = new MultipartForm({ subtype: 'related', boundary: "it's=here" })
    .appendPart('{"a":1}', { 'content-type': 'application/json', 'content-id': '<1>' })
    .appendPart(stream())
    .appendPart('--it', [
      ['x-twice', '1'],
      ['x-twice', '2'],
    ]);
  expect([form.replayable, form.length]).toEqual([false, null]);
  await using server = await startServer(async (request, response) => {
    response.setHeader('content-type', request.headers['content-type'] ?? '');
    for await (const chunk of request) response.write(chunk);
    response.end();
  });
  await using session = new ClientSession();
  const response = await session.post(server.url, { data: form });
  expect(response.header('content-type')).toBe('multipart/related; boundary="it\'s=here"');
  const seen: unknown[] = [];
  for await (const part of response.multipart()) seen.push([part.rawHeaders, await part.text()]);
  expect(seen).toEqual([
    [
      [
        ['content-type', 'application/json'],
        ['content-id', '<1>'],
      ],
      '{"a":1}',
    ],
    [[], 'one two'],
    [
      [
        ['x-twice', '1'],
        ['x-twice', '2'],
      ],
      '--it',
    ],
  ]);
});

test('options that cannot be are refused', () => {
  expect(() => new MultipartForm({ subtype: 'a b' })).toThrow('subtype must be');
  expect(() => new MultipartForm({ boundary: 'a\r\nb' })).toThrow('boundary must be');
  expect(() => new MultipartForm({ boundary: 'b'.repeat(71) })).toThrow('boundary must be');
  const typo: object = { filname: 'x' };
  expect(() => new MultipartForm().append('a', 'b', typo)).toThrow('is filename meant?');
  expect(() => new MultipartForm().appendPart('a', { x: 'b\r\nc: d' })).toThrow('line end');
});
