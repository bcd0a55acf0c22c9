import type { Awaitable, Coroutine } from 'cotask';
import { expectTypeOf, test } from 'vitest';
import {
  type BodyPart,
  type ClientConnectorCertificateError,
  type ClientPayloadError,
  type ClientSession,
  type ClientWebSocket,
  type Connector,
  type IncompleteReadError,
  type InvalidMultipartError,
  MultipartForm,
  type MultipartReader,
  type ServerFingerprintMismatch,
  type CertificateFingerprint,
  type ClientResponse,
  type ClientSessionOptions,
  type FallbackCharset,
  type JsonOptions,
  type RequestOptions,
  type ResponseConnection,
  type TlsOptions,
  type TraceConfig,
  type WebSocketOptions,
} from './index.ts';

/** Types alone are looked at: the body is not run. */
interface Things {
  session: ClientSession;
  response: ClientResponse;
  reader: MultipartReader;
  part: BodyPart;
  socket: ClientWebSocket;
}
const look = (_body: (things: Things) => void): void => undefined;

test('what waits is a coroutine of what it gives', () =>
  look(({ session, response, reader, part, socket }) => {
    expectTypeOf(session.get).returns.toEqualTypeOf<Coroutine<ClientResponse>>();
    expectTypeOf(session.ws).returns.toEqualTypeOf<Coroutine<ClientWebSocket>>();
    expectTypeOf(session.detach).returns.toEqualTypeOf<Connector>();
    expectTypeOf(response.readExactly).returns.toEqualTypeOf<Coroutine<Uint8Array>>();
    expectTypeOf(response.readUntil).returns.toEqualTypeOf<Coroutine<Uint8Array | null>>();
    expectTypeOf(response.waitForClose).returns.toEqualTypeOf<Coroutine<void>>();
    expectTypeOf(response.multipart()).toEqualTypeOf<MultipartReader>();
    expectTypeOf(reader.next()).toEqualTypeOf<Coroutine<BodyPart | null>>();
    expectTypeOf(reader).toExtend<AsyncIterable<BodyPart>>();
    expectTypeOf(part).toExtend<AsyncIterable<Uint8Array>>();
    expectTypeOf(part.text()).toExtend<Awaitable<string>>();
    expectTypeOf(part.multipart()).toEqualTypeOf<MultipartReader>();
    expectTypeOf(socket.response).toEqualTypeOf<ClientResponse>();
  }));

test('json() is of the type that is asked for, else unknown', () =>
  look(({ response, part }) => {
    expectTypeOf(response.json()).toEqualTypeOf<Coroutine<unknown>>();
    expectTypeOf(response.json<{ a: 1 }>({ parse: (text) => text })).toEqualTypeOf<Coroutine<{ a: 1 }>>();
    expectTypeOf(part.json<number>()).toEqualTypeOf<Coroutine<number>>();
    expectTypeOf<JsonOptions['contentType']>().toEqualTypeOf<string | null | undefined>();
  }));

test('facts of a response may be null, and say so', () =>
  look(({ response, part }) => {
    expectTypeOf(response.connection).toEqualTypeOf<ResponseConnection | null>();
    expectTypeOf(response.exception).toBeUnknown();
    expectTypeOf(response.encoding).toBeString();
    expectTypeOf(part.filename).toEqualTypeOf<string | null>();
  }));

test('options', () => {
  expectTypeOf<ClientSessionOptions['fallbackCharset']>().toEqualTypeOf<FallbackCharset | undefined>();
  expectTypeOf<RequestOptions['expect100']>().toEqualTypeOf<boolean | number | undefined>();
  expectTypeOf<RequestOptions['readUntilEof']>().toEqualTypeOf<boolean | undefined>();
  expectTypeOf<TlsOptions['fingerprint']>().toEqualTypeOf<
    CertificateFingerprint | readonly CertificateFingerprint[] | undefined
  >();
  expectTypeOf<{ proxy: 'socks5h://x'; receiveTimeout: 5; middlewares: [] }>().toExtend<WebSocketOptions>();
  expectTypeOf<{ json: 1 }>().not.toExtend<WebSocketOptions>();
  expectTypeOf<{ onDnsCacheHit: (event: { origin: string }) => void }>().toExtend<TraceConfig>();
  expectTypeOf(new MultipartForm({ subtype: 'mixed' }).appendPart('x')).toEqualTypeOf<MultipartForm>();
});

test('errors extend those that aiohttp has them extend', () => {
  expectTypeOf<ServerFingerprintMismatch>().toExtend<ClientConnectorCertificateError>();
  expectTypeOf<IncompleteReadError>().toExtend<ClientPayloadError>();
  expectTypeOf<InvalidMultipartError>().toExtend<ClientPayloadError>();
});
