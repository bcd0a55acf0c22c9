/** No secret that stands at a place of secrets reaches a file, whatever it is and wherever else it shows; JSON comes back to the byte. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { startServer, type TestServer } from '@cotask/test-servers';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClientSession, MultipartForm, type RequestOptions } from '../index.ts';
import { Cassette } from './index.ts';
import { fieldsOf, linesOf } from './cassette-exchange.ts';
import { fitsRedacted, Redactor } from './redactor.ts';
import { bytesOfBody, readBody, storeBody, textOfBody } from './stored-body.ts';

let folder: string;
let server: TestServer;

/** What the server shows of the secret that it was sent. */
let answer: (secret: string) => { headers: Record<string, string | string[]>; body: string | Buffer };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redaction-'));
  server = await startServer(async (request, response) => {
    for await (const _ of request);
    const secret = Buffer.from(String(request.headers['x-plain']), 'base64').toString();
    const { headers, body } = answer(secret);
    response.writeHead(200, headers).end(body);
  });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** Where a secret is sent. */
const places: Record<string, (secret: string) => RequestOptions & { path?: string }> = {
  password: (secret) => ({ auth: { username: 'user', password: secret } }),
  bearer: (secret) => ({ auth: { bearer: secret } }),
  proxyHeader: (secret) => ({
    headers: { 'proxy-authorization': `Basic ${Buffer.from(`u:${secret}`).toString('base64')}` },
  }),
  cookie: (secret) => ({ cookies: { theme: secret } }),
  apiKeyHeader: (secret) => ({ headers: { 'X-Api-Key': secret } }),
  parameter: (secret) => ({ params: { access_token: secret } }),
  parameterInUrl: (secret) => ({ params: { next: `https://b.test/?sig=${encodeURIComponent(secret)}` } }),
  json: (secret) => ({ json: { user: { clientSecret: secret, [secret]: [secret, { deep: secret }] } } }),
  jsonList: (secret) => ({ json: { credentials: [{ a: secret }, [secret]] } }),
  form: (secret) => ({ form: { 'user[password]': secret, again: secret } }),
  text: (secret) => ({ data: `password: ${secret}\n` }),
  lines: (secret) => ({ data: `{"a":1}\n{"token":${JSON.stringify(secret)}}\n` }),
  xml: (secret) => ({ data: `<log><password>${secret}</password></log>` }),
  linkInJson: (secret) => ({ json: { next: `https://a.test/?page=2&page_token=${encodeURIComponent(secret)}` } }),
  userInText: (secret) => ({ data: `see https://user:${encodeURIComponent(secret)}@a.test/` }),
  packed: (secret) => ({ json: { token: secret }, compress: 'gzip' }),
  multipart: (secret) => {
    const form = new MultipartForm();
    form.append('api_key', secret);
    form.append('note', `it is ${secret}`);
    return { data: form };
  },
};

/** How it is shown in an answer. */
const shows: Record<string, typeof answer> = {
  nowhere: () => ({ headers: {}, body: 'ok' }),
  setCookie: (secret) => ({ headers: { 'set-cookie': [`a=${secret}; Path=/`, 'b=c'] }, body: '' }),
  location: (secret) => ({
    headers: { location: `/next?token=${encodeURIComponent(secret)}#token=${secret}` },
    body: '',
  }),
  userinfo: (secret) => ({ headers: { location: `http://u:${encodeURIComponent(secret)}@a.test/` }, body: '' }),
  echo: (secret) => ({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ you: { said: secret } }),
  }),
  packed: (secret) => ({ headers: { 'content-encoding': 'gzip' }, body: gzipSync(JSON.stringify({ a: secret })) }),
  bytes: (secret) => ({ headers: {}, body: Buffer.concat([Buffer.from([0, 255]), Buffer.from(secret)]) }),
  events: (secret) => ({ headers: { 'content-type': 'text/event-stream' }, body: `data: {"token":"${secret}"}\n\n` }),
};

/** Of letters, digits and the signs that a header field and a cookie can carry. */
const someSecret = fc
  .stringMatching(/^[A-Za-z0-9][A-Za-z0-9+/=._~!*-]{7,30}[A-Za-z0-9]$/)
  .filter((secret) => /\d/.test(secret) && !/redacted/i.test(secret));

const formsOf = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  JSON.stringify(secret).slice(1, -1),
];

test.each(Object.keys(places))('a secret sent as %s is in no file, however the server shows it', async (name) => {
  const place = places[name] ?? ((): RequestOptions => ({}));
  let run = 0;
  await fc.assert(
    fc.asyncProperty(someSecret, fc.constantFrom(...Object.keys(shows)), async (secret, how) => {
      answer = shows[how] ?? answer;
      const file = join(folder, `${name}-${(run += 1)}.json`);
      const hint = Buffer.from(secret).toString('base64');
      await using cassette = new Cassette(file, {
        mode: 'record',
        redact: (text) => text.replaceAll(hint, 'REDACTED'),
      });
      await using session = new ClientSession({
        connector: cassette,
        allowRedirects: false,
        headers: { 'x-plain': hint },
      });
      const response = await session.post(server.url, place(secret));
      await response.bytes();
      await cassette.close();
      const text = readFileSync(file, 'utf8');
      const bodies: { response: { body: { base64?: string } | null } }[] = JSON.parse(text).exchanges;
      const binary = bodies
        .map((each) => Buffer.from(each.response.body?.base64 ?? '', 'base64').toString('latin1'))
        .join();
      for (const form of formsOf(secret)) expect(text + binary).not.toContain(form);
    }),
    { numRuns: 20 },
  );
});

const someJson = fc.jsonValue({ maxDepth: 4 }).filter((value) => typeof value === 'object' && value !== null);
const headers = [['content-type', 'application/json']] as const;

describe('bodies come back to the byte', () => {
  const roundTrip = (text: string): void => {
    const bytes = Buffer.from(text);
    const body = readBody(bytes, headers, Infinity);
    const stored = storeBody(body ?? { text: '', isText: true });
    // A file is JSON too.
    const read: typeof stored = JSON.parse(JSON.stringify(stored, null, 2));
    expect(Buffer.from(bytesOfBody(read) ?? []).equals(bytes)).toBe(true);
    expect(textOfBody(read)).toBe('base64' in Object(read) ? bytes.toString('base64') : text);
  };

  test('JSON in every layout, as JSON', () => {
    fc.assert(
      fc.property(someJson, fc.constantFrom(undefined, 2, 3, 4, '\t'), fc.boolean(), (value, space, newline) => {
        roundTrip(JSON.stringify(value, null, space) + (newline ? '\n' : ''));
        roundTrip(JSON.stringify(value).replaceAll(/[:,]/g, '$& '));
      }),
    );
    for (const space of [undefined, 2, 4, '\t'])
      expect(storeBody({ text: JSON.stringify({ a: [1, {}] }, null, space), isText: true })).toMatchObject({
        json: { a: [1, {}] },
      });
    expect(storeBody({ text: '{"a": [1, {"b": null}]}', isText: true })).toMatchObject({ layout: 'spaced' });
  });

  test('what JSON would change is kept as text', () => {
    for (const text of [
      '{"a":1.0}',
      '{"a":1,"a":2}',
      '{"b":1,"1":2}',
      '[12345678901234567890]',
      '{"a":"\\u0041"}',
      '[-0]',
    ]) {
      roundTrip(text);
      expect(storeBody({ text, isText: true })).toEqual({ text: [text] });
    }
    roundTrip('{"__proto__":{"a":1}}');
  });

  test('header fields, in order and with their repeats', () => {
    const field = fc.tuple(fc.stringMatching(/^[A-Za-z0-9-]+$/), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(fc.array(field), (fields) => {
        expect(fieldsOf(linesOf(fields))).toEqual(fields);
      }),
    );
  });

  test('any text, and any bytes', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), roundTrip));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        const body = readBody(bytes, [], Infinity);
        expect(Buffer.from(bytesOfBody(storeBody(body ?? { text: '', isText: true })) ?? []).equals(bytes)).toBe(true);
      }),
    );
  });
});

describe('redaction in place', () => {
  const redactor = (): Redactor => new Redactor([], null, true);
  const json = (value: unknown): unknown => JSON.parse(redactor().body(JSON.stringify(value), headers));

  test('changes nothing of JSON without secrets, and keeps JSON JSON', () => {
    const harmless = fc
      .jsonValue()
      .filter(
        (value) =>
          !/pass|secret|token|key|auth|cred|cookie|session|sig|assert|bearer|csrf|jwt|hmac|p[iw]n?|otp|sid|cv|ssn/i.test(
            JSON.stringify(value),
          ),
      );
    fc.assert(
      fc.property(harmless, (value) => {
        expect(json(value)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => void json({ a, password: b, c: [a] })));
  });

  test('takes a secret out of numbers and around escapes, and JSON stays JSON', () => {
    expect(json({ password: '123456', n: -1_234_567, m: 12_345 })).toEqual({ password: 'REDACTED', n: 0, m: 12_345 });
    expect(json({ password: 'n1234567', text: 'a\n1234567', same: 'an1234567' })).toEqual({
      password: 'REDACTED',
      text: 'a\n1234567',
      same: 'aREDACTED',
    });
  });

  test('of numbers takes secrets and leaves counts', () => {
    expect(
      json({ otp: 123_456, total_tokens: 123_457, pin: '9', token: { type: 'x', n: 5, on: true, no: null } }),
    ).toEqual({
      otp: 0,
      total_tokens: 123_457,
      pin: 'REDACTED',
      token: { type: 'REDACTED', n: 0, on: true, no: null },
    });
  });

  test('leaves ordinary names alone', () => {
    const plain = {
      author: 'a',
      keyboard: 'b',
      monkey: 'c',
      keys: ['d'],
      passenger: 'e',
      code: 'f',
      design: 'g',
      expires_in: 5,
    };
    expect(json(plain)).toEqual(plain);
    expect(redactor().url('https://a.test/p?page=1&code=abc&state=x#top')).toBe(
      'https://a.test/p?page=1&code=REDACTED&state=x#top',
    );
    expect(
      redactor().headers([
        ['www-authenticate', 'Basic realm="x"'],
        ['accept', '*/*'],
      ]),
    ).toEqual([
      ['www-authenticate', 'Basic realm="x"'],
      ['accept', '*/*'],
    ]);
  });

  test('of links in texts leaves what is no secret', () => {
    const text = '{"next":"https://ada:pass-word-1@a.test/?page=2&page_token=abc#top","mail":"ada@a.test"}';
    expect(redactor().body(text, headers)).toBe(
      '{"next":"https://REDACTED@a.test/?page=2&page_token=REDACTED#top","mail":"ada@a.test"}',
    );
  });

  test('of a long body takes no long time', () => {
    const long = [['content-type', 'application/x-www-form-urlencoded']] as const;
    for (const part of ['x', '<', '<x', '?x', '"', '{', '//', 'a=', '"a":', '\\'])
      for (const type of [headers, long]) redactor().body(part.repeat(300_000), type);
  });

  test('takes what is cut short', () => {
    expect(redactor().body('{"a":{"password":"half of i', headers)).toBe('{"a":{"password":"REDACTED"');
  });

  test('removed parts fit anything, the rest nothing else', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), fc.string(), (parts, filling) => {
        expect(fitsRedacted(parts.join('REDACTED'), parts.join(filling))).toBe(true);
      }),
    );
    expect(fitsRedacted('a=REDACTED&b=1', 'a=x&b=2')).toBe(false);
    expect(fitsRedacted('aREDACTEDa', 'a')).toBe(false);
    expect(fitsRedacted('a', 'b')).toBe(false);
  });
});
