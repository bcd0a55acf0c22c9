/** A response's body as a web stream of bytes: it is asked of the socket when somebody reads, and not before. */
import type { Exchange } from '../exchange/exchange.ts';

/** Bytes that may lie in the stream unread before the socket is held back. */
const mostQueued = 64 * 1024;

/** Says an error in the words of whoever hands the stream out. */
export type TranslateError = (error: unknown) => unknown;

/** A stream that nobody read and nobody holds any more gives its connection back. */
const forgotten = new FinalizationRegistry<Exchange>((exchange) => exchange.close());

/** The body of `exchange` as a stream; nobody else may read it. Whoever cancels it ends the connection. */
export function makeBodyStream(exchange: Exchange, translate: TranslateError): ReadableStream<Uint8Array<ArrayBuffer>> {
  let begun = false;
  const stream = new ReadableStream({
    type: 'bytes',
    pull(controller) {
      if (begun) return exchange.inbox.resume();
      begun = true;
      feed(exchange, controller, translate);
    },
    cancel() {
      exchange.inbox.detach();
      exchange.close();
    },
  });
  if (!exchange.done) forgotten.register(stream, exchange);
  return stream;
}

function feed(exchange: Exchange, controller: ReadableByteStreamController, translate: TranslateError): void {
  exchange.inbox.attach({
    chunk(chunk) {
      // The stream takes the memory it is given, and a chunk shares its memory with its neighbours.
      controller.enqueue(new Uint8Array(chunk));
      return (controller.desiredSize ?? 0) > -mostQueued;
    },
    ended(failure) {
      if (failure !== null) return controller.error(translate(failure.error));
      controller.close();
      // A reader that brought a buffer of its own waits for it.
      controller.byobRequest?.respond(0);
    },
  });
}
