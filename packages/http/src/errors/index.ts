/** Every error of the client, after aiohttp's hierarchy; each has a stable `code` and says the method and the URL. */
export { InvalidOptionError, ResponseClosedError, BodyInUseError, ClientError } from './client-error.ts';
export type { RequestLine, ClientErrorOptions } from './client-error.ts';
export {
  ClientResponseError,
  TooManyRedirects,
  ContentTypeError,
  InvalidHttpMessageError,
  ClientHttpProxyError,
  WebSocketHandshakeError,
} from './response-errors.ts';
export type { RedirectRecord, ResponseFacts } from './response-errors.ts';
export {
  ClientConnectionError,
  ClientConnectorError,
  ClientConnectorDNSError,
  NonPublicAddressError,
  ClientConnectorSSLError,
  ClientConnectorCertificateError,
  ServerFingerprintMismatch,
  ClientProxyConnectionError,
  ServerDisconnectedError,
  RequestQueueFullError,
  CircuitOpenError,
  SessionClosedError,
  WebSocketClosedError,
} from './connection-errors.ts';
export type { Address } from './connection-errors.ts';
export {
  ServerTimeoutError,
  ConnectionTimeoutError,
  SocketTimeoutError,
  SlowTransferError,
  TotalTimeoutError,
} from './timeout-errors.ts';
export type { DeadlineName, RequestStage, DeadlineFacts } from './timeout-errors.ts';
export {
  ClientPayloadError,
  BodyTooLargeError,
  EventTooLargeError,
  LineTooLongError,
  InvalidMultipartError,
  IncompleteReadError,
  BodyExpansionError,
  ContentEncodingError,
  UnreadableBodyError,
} from './payload-errors.ts';
export type { BoundExcess } from './payload-errors.ts';
export {
  InvalidUrlClientError,
  NonHttpUrlClientError,
  RedirectClientError,
  InvalidUrlRedirectClientError,
  NonHttpUrlRedirectClientError,
  InsecureRedirectError,
} from './url-errors.ts';
