/// <reference lib="esnext.disposable" preserve="true" />
/**
 * `@cotask/http`: aiohttp's client for cotask. A session, its responses, its errors.
 * @module
 */
export { ClientSession } from './client-session.ts';
export type { Fetch } from './fetch.ts';
export type { ClientSessionOptions, RaiseForStatus, RequestOptions, SharedOptions } from './session-options.ts';
export type { ClientTimeout } from './client-timeout.ts';
export type { ProxyOptions } from './proxy.ts';
export { Connector } from './connector.ts';
export type { ConnectorOptions } from './connector-options.ts';
export { digestAuth } from './digest-auth.ts';
export type { DigestCredentials } from './digest-auth.ts';
export { basicAuth } from './auth.ts';
export type { AuthInput } from './auth.ts';
export { CookieJar } from './cookie-jar.ts';
export type { CookieJarOptions, SavedCookies } from './cookie-jar.ts';
export type { CookiesInput, ResponseCookie } from './cookies.ts';
export type { TraceConfig, TraceEvent, TraceEventName, TraceFacts, TracedRequest } from './trace-config.ts';
export { openTelemetry } from './open-telemetry.ts';
export type {
  OpenTelemetryOptions,
  TelemetryApi,
  TelemetryAttributes,
  TelemetryMeter,
  TelemetrySpan,
  TelemetryTracer,
} from './open-telemetry.ts';
export { ClientWebSocket } from './client-web-socket.ts';
export type { WebSocketMessage } from './client-web-socket.ts';
export type { WebSocketOptions } from './open-web-socket.ts';
export { EventStream } from './event-stream.ts';
export type { EventStreamOptions } from './event-stream.ts';
export type { ServerSentEvent } from './event-reader.ts';
export type { RequestTimings } from './request-timings.ts';
export { MultipartForm } from './multipart-form.ts';
export type { FormFieldOptions, FormValue } from './multipart-form.ts';
export type { ContentCoding } from './content-coding.ts';
export type { TlsOptions } from './dial.ts';
export type { HeadersInput } from './request-headers.ts';
export type { ParamScalar, ParamsInput } from './request-url.ts';
export type { BodyOptions, DataInput, JsonSerializer } from './request-body.ts';
export type { BodyChunk, BodySource } from './upload.ts';

export { ClientRequest } from './client-request.ts';
export type { HeaderList } from './header-list.ts';
export type { ClientMiddleware, NextRequest } from './middleware.ts';

export { retryRequests } from './retry-requests.ts';
export type { FailedAttempt, RetryRequestsOptions } from './retry-requests.ts';
export { RetryBudget } from './retry-budget.ts';
export type { RetryBudgetOptions } from './retry-budget.ts';
export { circuitBreaker } from './circuit-breaker.ts';
export type { CircuitBreakerOptions, CircuitOutcome, CircuitState } from './circuit-breaker.ts';

export { ClientResponse } from './client-response.ts';
export type { ContentDisposition, ResponseLink } from './response-fields.ts';
export type { FieldParameters } from './field-parameters.ts';
export type { JsonOptions, LineOptions, RequestInfo } from './client-response.ts';
export type { BodyFlow, ChunkSink } from './response-body.ts';
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
  InvalidHttpMessageError,
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
  ServerTimeoutError,
  SessionClosedError,
  SlowTransferError,
  SocketTimeoutError,
  TooManyRedirects,
  TotalTimeoutError,
  UnreadableBodyError,
  WebSocketClosedError,
  WebSocketHandshakeError,
} from './errors.ts';
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
} from './errors.ts';
