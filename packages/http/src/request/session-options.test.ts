import { expect, test } from 'vitest';
import { ClientSession, InvalidOptionError, type ClientSessionOptions, type RequestOptions } from '../index.ts';

/** What a program in plain JavaScript might pass. */
const untyped = <T>(options: object): T => Object.assign<object, never>(options, undefined as never) as T;

test.each([
  [{ timout: 1000 }, 'ClientSession knows no option "timout"; is timeout meant?'],
  [{ headrs: {} }, 'is headers meant?'],
  [{ baseURL: 'http://a/' }, 'is baseUrl meant?'],
  [{ nothing: 3 }, 'it knows auth, cookies'],
  [{ retries: 3 }, 'is middlewares: [retryRequests()] meant?'],
  [{ limit_per_host: 3 }, 'is limitPerHost meant?'],
  [{ ttl_dns_cache: 3 }, 'is dnsCacheTtl meant?'],
  [{ trace_configs: [] }, 'is traces meant?'],
  [{ ssl: false }, 'is tls: { rejectUnauthorized, ca, cert, key } meant?'],
  [{ http2: true }, 'is allowH2 meant?'],
  [{ timeout: { sock_read: 5 } }, 'timeout knows no option "sock_read"; is sockRead meant?'],
  [{ timeout: { request: 5 } }, 'timeout knows no option "request"; is total meant?'],
  [{ auth: 'me:word' }, 'auth must be { username, password }, { bearer } or null, got a text'],
  [{ auth: ['me', 'word'] }, 'auth must be { username, password }'],
  [{ cookies: 'sid=5' }, 'cookies must be an object, got a text'],
  [{ limit: -1 }, 'limit must be a whole number of at least 0, got -1'],
  [{ limit: 1.5 }, 'limit must be'],
  [{ limit: NaN }, 'limit must be a whole number of at least 0, got NaN'],
  [{ limitPerHost: '5' }, 'limitPerHost must be a whole number of at least 0, got "5"'],
  [{ maxRedirects: Infinity }, 'maxRedirects must be a whole number'],
  [{ maxBodySize: -5 }, 'maxBodySize must be a number of bytes, or Infinity'],
  [{ maxHeaderSize: 0 }, 'maxHeaderSize must be'],
  [{ maxHeaders: 0 }, 'maxHeaders must be'],
  [{ maxInformational: -1 }, 'maxInformational must be'],
  [{ keepAliveTimeout: 0 }, 'keepAliveTimeout must be a number of milliseconds above 0'],
  [{ keepAliveMaxTimeout: NaN }, 'keepAliveMaxTimeout must be'],
  [{ allowH2: 1 }, 'allowH2 must be true or false, got 1'],
  [{ allowRedirects: 'no' }, 'allowRedirects must be'],
  [{ allowInsecureRedirects: null }, 'allowInsecureRedirects must be true or false, got null'],
  [{ raiseForStatus: 400 }, 'raiseForStatus must be true, false or a function'],
  [{ lookup: '8.8.8.8' }, 'lookup must be a function'],
  [{ autoSelectFamily: 4 }, 'autoSelectFamily must be'],
  [{ localAddress: 'here' }, 'localAddress must be an IP address, got "here"'],
  [{ socketPath: '' }, 'socketPath must be a text'],
  [{ tls: { rejectUnauthorised: false } }, 'tls knows no option "rejectUnauthorised"; is rejectUnauthorized meant?'],
  [{ tls: 'strict' }, 'tls must be an object'],
  [{ timeout: 0 }, 'timeout must be a number of milliseconds above 0, got 0; null is no deadline'],
  [{ timeout: NaN }, 'timeout must be'],
  [{ timeout: { raed: 5 } }, 'timeout knows no option "raed"; is read meant?'],
  [{ timeout: { total: -1 } }, 'timeout: total must be a number of milliseconds above 0, or null for none, got -1'],
  [{ baseUrl: 'http://a.test/api' }, 'baseUrl must end in a slash'],
  [{ headers: 'x: y' }, 'headers must be a Headers, pairs or an object'],
  [{ headers: { 'bad name': 'x' } }, '"bad name" is no header name'],
  [{ headers: { x: 'a\r\nb: c' } }, 'the value of the header x holds a line end'],
  [{ params: [['a']] }, 'params as a list must hold pairs'],
  [{ params: { a: null } }, 'a value of params must be'],
])('a session refuses %o', (options, words) => {
  const make = (): ClientSession => new ClientSession(untyped<ClientSessionOptions>(options));
  expect(make).toThrow(InvalidOptionError);
  expect(make).toThrow(words);
  expect(make).toThrow(expect.objectContaining({ code: 'COTASK_HTTP_OPTION' }));
});

test('a session refuses a baseUrl that is none', () => {
  expect(() => new ClientSession({ baseUrl: 'a.test' })).toThrow(expect.objectContaining({ code: 'COTASK_HTTP_URL' }));
  expect(() => new ClientSession({ baseUrl: 'ftp://a.test/' })).toThrow(
    expect.objectContaining({ code: 'COTASK_HTTP_SCHEME' }),
  );
});

test.each([
  [{ jsn: {} }, 'the request knows no option "jsn"; is json meant?'],
  [{ limit: 5 }, 'the request knows no option "limit"; it is an option of a ClientSession'],
  [{ body: 'x' }, 'the request knows no option "body"; is data or json meant?'],
  [{ allow_redirects: false }, 'is allowRedirects meant?'],
  [{ searchParams: {} }, 'is params meant?'],
  [{ validateStatus: () => true }, 'is raiseForStatus meant?'],
  [{ method: 'POST' }, 'session.request(method, url, options) takes it as an argument'],
  [{ username: 'me' }, 'is auth: { username, password } meant?'],
  [{ json: 1, data: 'x' }, 'a request has one body: json and data are given'],
  [{ json: () => 1 }, 'the option json cannot be written as JSON: it is a function'],
  [{ json: 1n }, 'the option json cannot be written as JSON'],
  [{ data: 5 }, 'data must be a text, bytes, a Blob'],
  [{ data: { a: 1 } }, 'use json for objects'],
  [{ form: { a: {} } }, 'a value of form must be'],
  [{ headers: { 'transfer-encoding': 'chunked' } }, 'the header transfer-encoding is set by the connection'],
  [{ headers: { expect: '100-continue' } }, 'the header expect is set by the connection'],
  [
    {
      headers: [
        ['host', 'a'],
        ['Host', 'b'],
      ],
    },
    'the header host is given twice',
  ],
  [{ headers: { x: 'snow ☃' } }, 'a character above U+00FF'],
  [{ data: new FormData(), headers: { 'content-type': 'multipart/form-data' } }, 'carries its boundary'],
  [{ data: 'four', headers: { 'content-length': '5' } }, 'the header content-length says 5, the body has 4'],
  [{ headers: { 'content-length': '5' } }, 'the header content-length says 5, the body has 0'],
  [{ data: ['x'], headers: { 'content-length': 'much' } }, 'the header content-length says much'],
  [{ timeout: '5s' }, 'timeout must be milliseconds, an object of deadlines or null, got a string'],
])('a request refuses %o before anything is sent', async (options, words) => {
  await using session = new ClientSession({ lookup: () => expect.unreachable() });
  const error: unknown = await session
    .post('http://127.0.0.1:9/', untyped<RequestOptions>(options))
    .then(null, (reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'COTASK_HTTP_OPTION', message: expect.stringContaining(words) });
});

test.each([
  ['no-scheme', 'COTASK_HTTP_URL', 'must start with http:// or https://'],
  ['http://', 'COTASK_HTTP_URL', 'is no URL'],
  ['http://a b/', 'COTASK_HTTP_URL', 'is no URL'],
  ['http://a/\r\nx', 'COTASK_HTTP_URL', 'control character'],
  ['http://a/\tx', 'COTASK_HTTP_URL', 'control character'],
  ['file:///etc/passwd', 'COTASK_HTTP_SCHEME', 'file: is not spoken here'],
  ['ws://a.test/', 'COTASK_HTTP_SCHEME', 'session.ws() opens WebSockets'],
  ['data:,x', 'COTASK_HTTP_SCHEME', 'data: is not spoken here'],
])('the URL %j is refused', async (url, code, words) => {
  await using session = new ClientSession();
  const error: unknown = await session.get(url).then(null, (reason: unknown) => reason);
  expect(error).toMatchObject({ code, message: expect.stringContaining(words) });
});

test('credentials in both the URL and a header are refused', async () => {
  await using session = new ClientSession({ headers: { authorization: 'Bearer x' } });
  await expect(session.get('http://u:p@a.test/')).rejects.toMatchObject({
    code: 'COTASK_HTTP_URL',
    url: 'http://a.test/',
  });
});

test.each(['CONNECT', 'GE T', '', 'GET\r\n'])('the method %j is refused', async (method) => {
  await using session = new ClientSession();
  await expect(session.request(method, 'http://a.test/')).rejects.toMatchObject({ code: 'COTASK_HTTP_OPTION' });
});

test('an option that is undefined is none', () => {
  const session = new ClientSession({
    timeout: undefined,
    limit: undefined,
    tls: undefined,
    headers: undefined,
    baseUrl: undefined,
  });
  expect(session.closed).toBe(false);
});
