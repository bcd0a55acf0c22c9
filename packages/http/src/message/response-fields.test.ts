import { coroutine, run, type GeneratorBody } from 'cotask';
import { startServer, type Handler } from '@cotask/test-servers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ClientSession, type ClientResponse } from '../index.ts';
import { readDisposition, readLinks } from './response-fields.ts';

describe('Content-Disposition', () => {
  test.each<[string | null, { type: string; filename: string | null } | null]>([
    [null, null],
    ['', null],
    ['inline', { type: 'inline', filename: null }],
    ['Attachment; FILENAME=a.txt', { type: 'attachment', filename: 'a.txt' }],
    ['attachment; filename="a \\"b\\" \\\\ c.txt"', { type: 'attachment', filename: 'a "b" \\ c.txt' }],
    ["attachment; filename=plain; filename*=UTF-8''%e2%82%ac%20x", { type: 'attachment', filename: '€ x' }],
    ["attachment; filename*=iso-8859-1'en'%A3", { type: 'attachment', filename: '£' }],
    ["attachment; filename=plain; filename*=utf-8''%ff", { type: 'attachment', filename: 'plain' }],
    ["attachment; filename=plain; filename*=koi8-r''x", { type: 'attachment', filename: 'plain' }],
    ['attachment; filename=first; filename=second', { type: 'attachment', filename: 'first' }],
    ['attachment;; filename = a ;', { type: 'attachment', filename: 'a' }],
    ['attachment; filename="unfinished', null],
    ['attachment; filename=a b', null],
    ['"quoted"; filename=a', null],
  ])('%j says %o', (field, wanted) => {
    const read = readDisposition(field);
    expect(read === null ? null : { type: read.type, filename: read.filename }).toEqual(wanted);
  });
});

describe('Link', () => {
  test('is read by relation, resolved against the response', () => {
    const field =
      '<?page=2>; rel="next", </last>; rel=Last; title*=utf-8\'\'%e2%82%ac , <https://o.test/a,b;c>; rel="prev start"; title="a, \\"b\\""';
    const links = readLinks(field, 'http://x.test/list?page=1');
    expect([...links].map(([rel, { url }]) => [rel, url])).toEqual([
      ['next', 'http://x.test/list?page=2'],
      ['last', 'http://x.test/last'],
      ['prev', 'https://o.test/a,b;c'],
      ['start', 'https://o.test/a,b;c'],
    ]);
    expect(links.get('last')?.parameters.get('title')).toBe('€');
    expect(links.get('prev')?.parameters.get('title')).toBe('a, "b"');
  });

  test.each([[null], [''], ['no link'], ['<a'], ['<a>; rel="unfinished'], ['<http://[>; rel=next']])(
    '%j has none',
    (field) => {
      expect(readLinks(field, 'http://x.test/').size).toBe(0);
    },
  );
});

test('no field makes them throw or hang', () => {
  const piece = fc.constantFrom(
    '<',
    '>',
    ';',
    ',',
    '=',
    '"',
    '\\',
    "'",
    '*',
    ' ',
    'rel',
    'filename',
    'utf-8',
    '%e2',
    'a',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const field = pieces.join('');
      readLinks(field, 'http://x.test/');
      readDisposition(`attachment${field}`);
    }),
    { numRuns: 2000 },
  );
});

/** Asks a server that answers so. */
async function answer<T>(handler: Handler, read: (response: ClientResponse) => PromiseLike<T>): Promise<T> {
  await using server = await startServer(handler);
  await using session = new ClientSession({ headers: { 'x-mine': 'yes' } });
  await using response = await session.get(server.url);
  return await read(response);
}

test('a response says what its fields say, and what was asked', async () => {
  const handler: Handler = (_request, response) => {
    response.writeHead(200, { link: '</next>; rel=next', 'content-disposition': 'attachment; filename=a.txt' }).end();
  };
  await answer(handler, async (response) => {
    expect(response.links.get('next')?.url).toBe(new URL('/next', response.url).href);
    expect(response.contentDisposition).toMatchObject({ type: 'attachment', filename: 'a.txt' });
    expect(response.requestInfo).toMatchObject({ method: 'GET', url: response.url });
    expect(response.requestInfo.headers.get('x-mine')).toBe('yes');
    await response.bytes();
  });
});

describe('lines and pieces', () => {
  const inPieces =
    (pieces: readonly string[], type = 'text/plain'): Handler =>
    async (_request, response) => {
      response.writeHead(200, { 'content-type': type });
      for (const piece of pieces) {
        response.write(Buffer.from(piece, type.includes('latin1') ? 'latin1' : 'utf8'));
        await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    };
  const linesOf = async (response: ClientResponse): Promise<string[]> => {
    const lines: string[] = [];
    for await (const line of response.readLines()) lines.push(line);
    return lines;
  };

  test.each<[string[], string[]]>([
    [[], []],
    [['a\nb\n'], ['a', 'b']],
    [
      ['a\r', '\nb', 'c\n\n', 'd'],
      ['a', 'bc', '', 'd'],
    ],
    [['\n'], ['']],
    [
      ['€\n', 'ä'],
      ['€', 'ä'],
    ],
    [['a\rb\n'], ['a\rb']],
  ])('the lines of %j are %j', async (pieces, lines) => {
    expect(await answer(inPieces(pieces), linesOf)).toEqual(lines);
    const byGenerator = coroutine(function* (response: ClientResponse): GeneratorBody<string[]> {
      const read: string[] = [];
      for (let line = yield* response.readLine(); line !== null; line = yield* response.readLine()) read.push(line);
      return read;
    });
    expect(await answer(inPieces(pieces), (response) => run(byGenerator(response)))).toEqual(lines);
  });

  test('lines have the charset of the response, or the one asked for', async () => {
    expect(await answer(inPieces(['ä\n'], 'text/plain; charset=latin1'), linesOf)).toEqual(['ä']);
    const asked = await answer(inPieces(['ä\n']), (response) => response.readLine({ encoding: 'latin1' }));
    expect(asked).toBe('Ã¤');
  });

  test('a line that is too long ends the connection', async () => {
    const endless: Handler = (_request, response) => {
      const write = (): void => void (response.writable && response.write('x'.repeat(100), () => setImmediate(write)));
      write();
    };
    await using server = await startServer(endless);
    await using session = new ClientSession();
    const response = await session.get(server.url);
    await expect(response.readLine({ maxLineSize: 10_000 })).rejects.toMatchObject({
      code: 'COTASK_HTTP_LINE_TOO_LONG',
    });
    await server.waitForConnections(0);
  });

  test('pieces have the size that is asked for, whatever comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ maxLength: 40 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 30 }),
        (pieces, size) =>
          answer(inPieces(pieces), async (response) => {
            const read: Uint8Array[] = [];
            for await (const piece of response.chunks(size)) read.push(piece);
            expect(Buffer.concat(read).toString()).toBe(pieces.join(''));
            for (const piece of read.slice(0, -1)) expect(piece).toHaveLength(size);
          }),
      ),
      { numRuns: 15 },
    );
  });

  test('lines and pieces may be read in turn, and leaving early closes', async () => {
    await answer(inPieces(['head\nbody', 'rest\nmore', ' and more']), async (response) => {
      expect(await response.readLine()).toBe('head');
      expect(Buffer.from((await response.read(6)) ?? []).toString()).toBe('bodyre');
      for await (const line of response.readLines()) {
        expect(line).toBe('st');
        break;
      }
      await expect(response.readLine()).rejects.toMatchObject({ code: 'COTASK_HTTP_RESPONSE_CLOSED' });
    });
  });

  test('sizes that are none are refused', async () => {
    await answer(inPieces(['a']), async (response) => {
      expect(() => response.read(0)).toThrow('read() takes a number of bytes');
      expect(() => response.readLine({ maxLineSize: 0 })).toThrow('maxLineSize must be');
      await response.bytes();
    });
  });
});

describe('formData()', () => {
  test('reads what the platform writes', async () => {
    const form = new FormData();
    form.set('a', 'b');
    form.set('file', new File(['content'], 'ä.txt', { type: 'text/x' }));
    const written = new Response(form);
    const body = Buffer.from(await written.arrayBuffer());
    const type = written.headers.get('content-type') ?? '';
    const read = await answer(
      (_request, response) => void response.setHeader('content-type', type).end(body),
      (response) => response.formData(),
    );
    expect(read.get('a')).toBe('b');
    const file = read.get('file');
    expect(file instanceof File && [file.name, await file.text()]).toEqual(['ä.txt', 'content']);
    const plain = await answer(
      (_request, response) =>
        void response.setHeader('content-type', 'application/x-www-form-urlencoded').end('a=1&a=2'),
      (response) => response.formData(),
    );
    expect(plain.getAll('a')).toEqual(['1', '2']);
  });

  test('refuses what is no form', async () => {
    for (const type of ['text/plain', 'multipart/form-data', 'multipart/form-data; boundary=x'])
      await expect(
        answer(
          (_request, response) => void response.setHeader('content-type', type).end('nothing'),
          (response) => response.formData(),
        ),
      ).rejects.toMatchObject({ code: 'COTASK_HTTP_UNREADABLE' });
  });
});
