/** What ended a request over HTTP/2, in the words of its error codes (RFC 9113 section 7). */

const codes = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
] as const;

/** The name of an error code, or its number. */
export function http2CodeName(code: number): string {
  return codes[code] ?? `code ${code}`;
}

/** A stream or a connection that ended before its time. */
export class Http2Failure extends Error {
  /** The error code, by name. */
  readonly http2Code: string;
  /** True when the server has certainly not acted on the request (RFC 9113 section 8.7): any method may be sent again. */
  readonly unprocessed: boolean;
  /** True when the connection ended, and the stream with it. */
  readonly ofConnection: boolean;

  constructor(
    message: string,
    code: number,
    options: { unprocessed?: boolean; ofConnection?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.http2Code = http2CodeName(code);
    this.unprocessed = options.unprocessed ?? false;
    this.ofConnection = options.ofConnection ?? false;
  }

  /** The server wants this request over HTTP/1.1. */
  get wantsHttp1(): boolean {
    return this.http2Code === 'HTTP_1_1_REQUIRED';
  }

  /** The message broke the protocol; a stream is reset so by whichever side finds it. */
  get isBrokenMessage(): boolean {
    return brokenMessage.has(this.http2Code);
  }
}

const brokenMessage: ReadonlySet<string> = new Set([
  'PROTOCOL_ERROR',
  'FRAME_SIZE_ERROR',
  'COMPRESSION_ERROR',
  'FLOW_CONTROL_ERROR',
  'ENHANCE_YOUR_CALM',
]);
