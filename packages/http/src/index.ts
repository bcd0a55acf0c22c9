/// <reference lib="esnext.disposable" preserve="true" />
/**
 * `@cotask/http`: aiohttp's client for cotask. A session, its responses, its errors.
 * @module
 */
export { ClientSession } from './client-session.ts';
export type { Fetch } from './fetch/fetch.ts';
export type { ClientSessionOptions, RaiseForStatus, RequestOptions, SharedOptions } from './request/session-options.ts';
export type { ClientTimeout } from './exchange/client-timeout.ts';
export type { ProxyOptions } from './connections/proxy.ts';
export { Connector } from './connections/connector.ts';
export type { ConnectorOptions } from './connections/connector-options.ts';
export { digestAuth } from './middlewares/digest-auth.ts';
export type { DigestCredentials } from './middlewares/digest-auth.ts';
export { basicAuth } from './credentials/auth.ts';
export type { AuthInput } from './credentials/auth.ts';
export { CookieJar } from './credentials/cookie-jar.ts';
export type { CookieJarOptions, SavedCookies } from './credentials/cookie-jar.ts';
export type { CookiesInput, ResponseCookie } from './credentials/cookies.ts';
export type { TraceConfig, TraceEvent, TraceEventName, TraceFacts, TracedRequest } from './exchange/trace-config.ts';
export { openTelemetry } from './middlewares/open-telemetry.ts';
export type {
  OpenTelemetryOptions,
  TelemetryApi,
  TelemetryAttributes,
  TelemetryMeter,
  TelemetrySpan,
  TelemetryTracer,
} from './middlewares/open-telemetry.ts';
export { ClientWebSocket } from './web-socket/client-web-socket.ts';
export type { WebSocketMessage } from './web-socket/client-web-socket.ts';
export type { HandshakeOption, WebSocketOptions } from './web-socket/open-web-socket.ts';
export { EventStream } from './event-stream/event-stream.ts';
export type { EventStreamOptions } from './event-stream/event-stream.ts';
export type { ServerSentEvent } from './event-stream/event-reader.ts';
export type { RequestTimings } from './exchange/request-timings.ts';
export { MultipartForm } from './bodies/multipart-form.ts';
export type { FormFieldOptions, FormValue, MultipartFormOptions } from './bodies/multipart-form.ts';
export type { ContentCoding } from './bodies/content-coding.ts';
export type { CertificateFingerprint, TlsOptions } from './connections/tls-options.ts';
export type { ConnectionInfo, TlsInfo } from './connections/connection-info.ts';
export type { HeadersInput } from './message/request-headers.ts';
export type { ParamScalar, ParamsInput } from './message/request-url.ts';
export type { BodyOptions, DataInput, JsonSerializer } from './bodies/request-body.ts';
export type { BodyChunk, BodySource } from './bodies/upload.ts';

export { ClientRequest } from './request/client-request.ts';
export type { HeaderList } from './message/header-list.ts';
export type { ClientMiddleware, NextRequest } from './request/middleware.ts';

export { retryRequests } from './middlewares/retry-requests.ts';
export type { FailedAttempt, RetryRequestsOptions } from './middlewares/retry-requests.ts';
export { RetryBudget } from './middlewares/retry-budget.ts';
export type { RetryBudgetOptions } from './middlewares/retry-budget.ts';
export { circuitBreaker } from './middlewares/circuit-breaker.ts';
export type { CircuitBreakerOptions, CircuitOutcome, CircuitState } from './middlewares/circuit-breaker.ts';

export { ClientResponse } from './response/client-response.ts';
export { BodyPart, MultipartReader } from './response/multipart-reader.ts';
export type { MultipartOptions } from './response/multipart-reader.ts';
export type { ContentDisposition, ResponseLink } from './message/response-fields.ts';
export type { FieldParameters } from './message/field-parameters.ts';
export type { LineOptions } from './response/client-response.ts';
export type { RequestInfo, ResponseConnection } from './response/response-head-fields.ts';
export type { FallbackCharset, JsonOptions, TextOptions } from './response/read-whole.ts';
export type { BodyFlow, ChunkSink } from './response/response-body.ts';
export type { RawHeaders } from './make-headers.ts';

export {
  BodyExpansionError,
  BodyInUseError,
  BodyTooLargeError,
  CircuitOpenError,
  ClientConnectionError,
  ClientConnectorCertificateError,
  ClientConnectorDNSError,
  ClientConnectorError,
  ClientConnectorSSLError,
  ClientError,
  ClientHttpProxyError,
  ClientPayloadError,
  ClientProxyConnectionError,
  ClientResponseError,
  ConnectionTimeoutError,
  ContentEncodingError,
  ContentTypeError,
  EventTooLargeError,
  InsecureRedirectError,
  IncompleteReadError,
  InvalidHttpMessageError,
  InvalidMultipartError,
  InvalidOptionError,
  InvalidUrlClientError,
  InvalidUrlRedirectClientError,
  LineTooLongError,
  NonHttpUrlClientError,
  NonPublicAddressError,
  NonHttpUrlRedirectClientError,
  RedirectClientError,
  RequestQueueFullError,
  ResponseClosedError,
  ServerDisconnectedError,
  ServerFingerprintMismatch,
  ServerTimeoutError,
  SessionClosedError,
  SlowTransferError,
  SocketTimeoutError,
  TooManyRedirects,
  TotalTimeoutError,
  UnreadableBodyError,
  WebSocketClosedError,
  WebSocketHandshakeError,
} from './errors/index.ts';
export type {
  Address,
  BoundExcess,
  ClientErrorOptions,
  DeadlineFacts,
  DeadlineName,
  RedirectRecord,
  RequestLine,
  RequestStage,
  ResponseFacts,
} from './errors/index.ts';
