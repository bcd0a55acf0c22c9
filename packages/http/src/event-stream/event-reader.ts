/** The server-sent events in the body of one response, read one by one. */
import type { GeneratorBody } from 'cotask';
import { createParser, type EventSourceParser } from 'eventsource-parser';
import type { ClientResponse } from '../response/client-response.ts';
import { EventTooLargeError } from '../errors/index.ts';

/** One event of a stream. */
export interface ServerSentEvent {
  /** What the server called it; `message` without a name. */
  readonly type: string;
  readonly data: string;
  /** The id of this event, or of the last one before it that had one; `''` before the first. */
  readonly lastEventId: string;
}

/** What a stream says besides its events. */
export interface EventStreamState {
  lastEventId: string;
  /** What the server wants to be waited before a new connection, in milliseconds; null when it said nothing. */
  retry: number | null;
}

/** Reads one body. */
export class EventReader {
  readonly #response: ClientResponse;
  readonly #state: EventStreamState;
  readonly #parser: EventSourceParser;
  readonly #decoder = new TextDecoder();
  /** Events of the piece read last. */
  #events: ServerSentEvent[] = [];
  #tooLarge = false;
  readonly #limit: number;
  #bytes = 0;

  constructor(response: ClientResponse, state: EventStreamState, limit: number) {
    this.#response = response;
    this.#state = state;
    this.#limit = limit;
    this.#parser = createParser({
      maxBufferSize: limit,
      onId: (id) => void (state.lastEventId = id),
      onRetry: (retry) => void (state.retry = retry),
      onEvent: ({ event, data }) => this.#push(event, data),
      onError: ({ type }) => void (this.#tooLarge ||= type === 'max-buffer-size-exceeded'),
    });
  }

  /** The next event, or null when the body has ended; what stands unfinished at its end is dropped, as the standard says. */
  *next(): GeneratorBody<ServerSentEvent | null> {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) return event;
      if (this.#tooLarge) throw this.#refuse();
      const chunk = yield* this.#response.readChunk();
      if (chunk === null) return null;
      this.#bytes += chunk.byteLength;
      this.#parser.feed(this.#decoder.decode(chunk, { stream: true }));
    }
  }

  #push(type: string | undefined, data: string): void {
    if (data.length > this.#limit) this.#tooLarge = true;
    if (this.#tooLarge) return;
    this.#events.push({
      type: type === undefined || type === '' ? 'message' : type,
      data,
      lastEventId: this.#state.lastEventId,
    });
  }

  #refuse(): EventTooLargeError {
    this.#response.close();
    const { method, url } = this.#response;
    return new EventTooLargeError({ method, url }, this.#bytes, this.#limit);
  }
}
