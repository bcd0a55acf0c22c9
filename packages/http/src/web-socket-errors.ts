/** How WebSockets fail. */
import { ClientConnectionError, ClientResponseError, type RequestLine, type ResponseFacts } from './errors.ts';

/** The server did not turn the request into a WebSocket: `status` and `headers` say what it answered. */
export class WebSocketHandshakeError extends ClientResponseError {
  constructor(request: RequestLine, facts: ResponseFacts, message: string) {
    super(request, facts, message, {}, 'COTASK_HTTP_WEBSOCKET_HANDSHAKE');
  }
}

/** The WebSocket has ended: nothing more comes, and nothing can be sent. */
export class WebSocketClosedError extends ClientConnectionError {
  /** RFC 6455 section 7.4; 1006 where the connection broke, 1005 where the server gave none. */
  readonly closeCode: number;
  readonly closeReason: string;

  constructor(request: RequestLine, closeCode: number, closeReason: string) {
    const why = closeReason === '' ? '' : `: ${closeReason}`;
    super(request, `the WebSocket was closed with ${closeCode}${why}`, {}, 'COTASK_HTTP_WEBSOCKET_CLOSED');
    this.closeCode = closeCode;
    this.closeReason = closeReason;
  }
}
