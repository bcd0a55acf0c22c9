import type { Exchange } from './exchange.ts';

/**
 * One way in which an origin misbehaves, and what a good client makes of it. Plain data: tests run through the table.
 */
export interface HostileCase {
  /** In kebab-case: `body-trickle`. */
  readonly name: string;
  /** Its path on the hostile origin: `/body-trickle`. */
  readonly path: string;
  /** What to ask with. */
  readonly method: 'GET' | 'HEAD';
  /** Fields the request must carry for the case to show; empty for most. */
  readonly headers: Readonly<Record<string, string>>;
  /** How many requests, one after the other by one client, the case takes; `expects` is about the last of them. */
  readonly requests: 1 | 2;
  /** What the server does. */
  readonly plays: string;
  readonly expects: HostileExpectation;
}

/** What a good client does with a case. */
export interface HostileExpectation {
  /** In words. */
  readonly rule: string;
  /**
   * What comes of a request that is read to its end, with redirects followed and codings undone:
   *
   * - `response`: an answer with `status` and `body`;
   * - `error`: an error, by itself and at once;
   * - `bounded`: an error too, but it may take the caller's limit of time or size to get there;
   * - `either`: the answer described or an error, and nothing else (the standard allows both, or parsers differ).
   */
  readonly client: 'response' | 'error' | 'bounded' | 'either';
  /** Of the answer; 200 in most cases. */
  readonly status: number;
  /** The whole content after decoding; null where it does not matter or is too long to be written down. */
  readonly body: string | null;
  /**
   * What becomes of a download:
   *
   * - `stored`: whole on the disk in the end, be it at a second try;
   * - `retry`: it fails each time, and another try is right each time;
   * - `once`: it fails, and one more try is right;
   * - `final`: it fails, and no other try is right;
   * - `any`: stored whole or failed; never stored wrong.
   */
  readonly download: 'stored' | 'retry' | 'once' | 'final' | 'any';
  /** What lies on the disk after `stored`, where that is not `body`; else null. */
  readonly stored: Buffer | null;
  /** Coded content as it was sent: what a client that undoes no coding hands on, whatever `client` says; else null. */
  readonly coded: Buffer | null;
}

/** A case together with the code that plays it. */
export interface HostilePlay extends HostileCase {
  readonly play: (exchange: Exchange) => void | Promise<void>;
}

/** A case as it is written down: flat, and without what most cases share. */
export interface HostileEntry {
  readonly name: string;
  readonly plays: string;
  readonly client: HostileExpectation['client'];
  readonly download: HostileExpectation['download'];
  readonly rule: string;
  readonly play: HostilePlay['play'];
  /** Default: `GET`. */
  readonly method?: 'GET' | 'HEAD';
  /** Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: 1. */
  readonly requests?: 1 | 2;
  /** Default: 200. */
  readonly status?: number;
  /** Default: null. */
  readonly body?: string;
  /** Default: null. */
  readonly stored?: Buffer;
  /** Default: null. */
  readonly coded?: Buffer;
}

/** Fills a case up from its entry. */
export function hostile(entry: HostileEntry): HostilePlay {
  const { name, plays, client, download, rule, play, method = 'GET', headers = {}, requests = 1 } = entry;
  const { status = 200, body = null, stored = null, coded = null } = entry;
  const expects: HostileExpectation = { rule, client, status, body, download, stored, coded };
  return { name, path: `/${name}`, method, headers, requests, plays, expects, play };
}
