import type { DownloadEvent } from '@cotask/download';

/** Counts what the progress shows: the stream of events, added up. */
export class Watch {
  files = 0;
  failed = 0;
  skipped = 0;
  retries = 0;
  /** Lines whose URL is being fetched, or waits for its next try. */
  underWay = 0;
  /** Bytes received, of tries that failed too. */
  received = 0;
  lines = 0;
  /** The part of the list that was read, 0 to 1; null where its size is unknown. */
  read: number | null = null;
  stopping = false;
  /** A host that asked to be left alone, and until when, by the clock; null if none has. */
  parked: { readonly host: string; readonly until: number } | null = null;
  /** When the watch began, by the clock. */
  readonly began: number;
  readonly #clock: () => number;

  /**
   * @param clock Milliseconds; the same clock as that of the drawing.
   */
  constructor(clock: () => number) {
    this.#clock = clock;
    this.began = clock();
  }

  /** Takes an event. */
  hear(event: DownloadEvent): void {
    if (event.type === 'bytes') this.received += event.bytes;
    else if (event.type === 'request') this.underWay++;
    else if (event.type === 'stored') this.#ended('files');
    else if (event.type === 'failed') this.#failed(event.tries);
    else if (event.type === 'retry') this.retries++;
    else if (event.type === 'skipped') this.skipped++;
    else if (event.type === 'stopping') this.stopping = true;
    else if (event.type === 'parked') this.parked = { host: event.host, until: this.#clock() + event.wait };
    else if (event.type === 'list') {
      this.lines = event.lines;
      this.read = event.progress;
    }
  }

  /** How much of the list is done, 0 to 1; null while nobody can tell. Lines not read yet count by the list's bytes. */
  get done(): number | null {
    if (this.read === null || this.lines === 0 || this.read === 0) return null;
    return ((this.files + this.failed + this.skipped) / this.lines) * this.read;
  }

  #ended(kind: 'files' | 'failed'): void {
    this[kind]++;
    this.underWay--;
  }

  /** A line without tries was never under way. */
  #failed(tries: number): void {
    if (tries > 0) this.#ended('failed');
    else this.failed++;
  }
}
