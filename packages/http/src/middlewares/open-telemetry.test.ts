/** Spans and measurements by OpenTelemetry's conventions, with the real API and a recorder behind it. */
import * as api from '@opentelemetry/api';
import { startServer, type TestServer } from '@cotask/test-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ClientSession, openTelemetry, type TelemetryAttributes } from '../index.ts';

let server: TestServer;
const headersSeen: (string | undefined)[] = [];

beforeAll(async () => {
  server = await startServer((request, response) => {
    headersSeen.push(String(request.headers['traceparent']));
    const path = request.url ?? '';
    if (path === '/moved') response.writeHead(302, { location: '/end' }).end('moved');
    else if (path === '/missing') response.writeHead(404).end('no');
    else if (path === '/cut') response.writeHead(200, { 'content-length': 9 }).write('cut', () => response.destroy());
    else response.end('the end');
  });
  api.propagation.setGlobalPropagator({
    inject: (context, carrier, setter) =>
      setter.set(carrier, 'traceparent', `of ${api.trace.getSpanContext(context)?.spanId}`),
    extract: (context) => context,
    fields: () => ['traceparent'],
  });
});

afterAll(async () => {
  api.propagation.disable();
  await server.close();
});

interface Told {
  name: string;
  kind: number | undefined;
  attributes: TelemetryAttributes;
  status?: { code: number };
  exceptions: unknown[];
  ended: number;
}

/** A tracer and a meter that keep what they are told. */
function recorder(): {
  spans: Told[];
  measured: [number, TelemetryAttributes][];
  options: Parameters<typeof openTelemetry>[1];
} {
  const spans: Told[] = [];
  const measured: [number, TelemetryAttributes][] = [];
  const startSpan: api.Tracer['startSpan'] = (name, options) => {
    const told: Told = { name, kind: options?.kind, attributes: {}, exceptions: [], ended: 0 };
    Object.assign(told.attributes, options?.attributes);
    spans.push(told);
    const span = api.trace.wrapSpanContext({ traceId: '1'.repeat(32), spanId: String(spans.length), traceFlags: 1 });
    return Object.assign(span, {
      setAttributes: (attributes: TelemetryAttributes) => Object.assign(told.attributes, attributes),
      setStatus: (status: { code: number }) => (told.status = status),
      recordException: (error: unknown) => told.exceptions.push(error),
      end: () => (told.ended += 1),
    });
  };
  const meter = {
    createHistogram: () => ({
      record: (value: number, attributes: TelemetryAttributes) => void measured.push([value, attributes]),
    }),
  };
  return { spans, measured, options: { tracer: { startSpan }, meter } };
}

test('a request is a client span with the attributes that the conventions ask for', async () => {
  const { spans, measured, options } = recorder();
  await using session = new ClientSession({ middlewares: [openTelemetry(api, options)] });
  const response = await session.get(`${server.url}/end?a=1&sig=secret`);
  await response.text();
  expect(spans).toEqual([
    {
      name: 'GET',
      kind: api.SpanKind.CLIENT,
      attributes: {
        'http.request.method': 'GET',
        'server.address': '127.0.0.1',
        'server.port': server.port,
        'url.scheme': 'http',
        'url.full': `${server.url}/end?a=1&sig=REDACTED`,
        'http.response.status_code': 200,
        'network.protocol.name': 'http',
      },
      exceptions: [],
      ended: 1,
    },
  ]);
  expect(headersSeen.at(-1)).toBe('of 1');
  expect(measured).toHaveLength(1);
  expect(measured[0]?.[0]).toBeLessThan(5);
  expect(measured[0]?.[1]).not.toHaveProperty('url.full');
});

test('each hop of a redirect is a span of its own, counted', async () => {
  const { spans, options } = recorder();
  const urlTemplate = (): string => '/{page}';
  await using session = new ClientSession({ middlewares: [openTelemetry(api, { ...options, urlTemplate })] });
  await (await session.post(`${server.url}/moved`, { data: 'x' })).text();
  expect(spans.map(({ name, ended }) => [name, ended])).toEqual([
    ['POST /{page}', 1],
    ['GET /{page}', 1],
  ]);
  expect(spans[1]?.attributes).toMatchObject({ 'http.request.resend_count': 1, 'url.template': '/{page}' });
});

test('a status of 400 or more, a body that breaks off and a failed connection are errors', async () => {
  const { spans, options } = recorder();
  await using session = new ClientSession({ middlewares: [openTelemetry(api, options)] });
  await (await session.get(`${server.url}/missing`)).text();
  await expect((await session.get(`${server.url}/cut`)).text()).rejects.toThrow();
  await expect(session.get('http://127.0.0.1:1/')).rejects.toThrow();
  expect(
    spans.map(({ attributes, status, exceptions }) => [attributes['error.type'], status?.code, exceptions.length]),
  ).toEqual([
    ['404', api.SpanStatusCode.ERROR, 0],
    ['COTASK_HTTP_PAYLOAD', api.SpanStatusCode.ERROR, 1],
    ['COTASK_HTTP_CONNECT', api.SpanStatusCode.ERROR, 1],
  ]);
  expect(spans.every(({ ended }) => ended === 1)).toBe(true);
});

test('a response that its reader closes is no error', async () => {
  const { spans, options } = recorder();
  await using session = new ClientSession({ middlewares: [openTelemetry(api, options)] });
  (await session.get(`${server.url}/end`)).close();
  expect(spans[0]?.attributes).not.toHaveProperty('error.type');
});

test('a method that nobody knows is said to be another', async () => {
  const { spans, options } = recorder();
  await using session = new ClientSession({ middlewares: [openTelemetry(api, options)] });
  await (await session.request('BREW', `${server.url}/end`)).text();
  expect(spans[0]).toMatchObject({
    name: 'HTTP',
    attributes: { 'http.request.method': '_OTHER', 'http.request.method_original': 'BREW' },
  });
});

test('without options the global tracer and meter are used; what is no API is refused', async () => {
  await using session = new ClientSession({ middlewares: [openTelemetry(api)] });
  expect(await (await session.get(`${server.url}/end`)).text()).toBe('the end');
  const nothing: Partial<typeof api> = {};
  // @ts-expect-error -- not the module
  expect(() => openTelemetry(nothing)).toThrow(/@opentelemetry\/api/u);
  // @ts-expect-error -- a typo
  expect(() => openTelemetry(api, { tracr: {} })).toThrow(/tracr/u);
});
