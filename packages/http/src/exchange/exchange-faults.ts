/** What is wrong with a response, in words. */
import { ClientPayloadError, InvalidHttpMessageError, type RequestLine } from '../errors/index.ts';

/** A head that is refused. */
export function badMessage(line: RequestLine, what: string): InvalidHttpMessageError {
  return new InvalidHttpMessageError(line, `the response is refused: ${what}`);
}

export function tooManyFields(line: RequestLine, fields: number, most: number): InvalidHttpMessageError {
  return badMessage(line, `it has ${fields} header fields, more than maxHeaders (${most})`);
}

export function tooManyInterim(line: RequestLine, status: number, most: number): InvalidHttpMessageError {
  return badMessage(
    line,
    `more than maxInformational (${most}) interim responses came, the last with status ${status}`,
  );
}

/** The end of the connection marks the end of the body, and it was no end. */
export function resetBody(line: RequestLine, bytes: number): ClientPayloadError {
  const words = `the body broke off after ${bytes} bytes: the server reset the connection that was to mark its end`;
  return new ClientPayloadError(line, bytes, words);
}

export function endlessFraming(line: RequestLine, bytes: number, framing: number): ClientPayloadError {
  const words = `the body is refused: ${framing} bytes of chunk sizes and extensions came with ${bytes} of its own`;
  return new ClientPayloadError(line, bytes, words);
}
