/**
 * One URL, as often as it takes: request, body into a part file, and after a failure either another try or the words
 * for the report. A line that waits for its next try holds no turn and no socket, so a host that asks to be left alone
 * holds up nothing but its own lines.
 */

import { getEventLoop, sleep } from 'cotask';
import type { Awaitable, GeneratorBody } from 'cotask';
import type { ClientResponse, ClientSession, RequestOptions } from '@cotask/http';
import type { DownloadListener } from '../events.ts';
import type { Failure, FetchedFile, PartFile, PlannedFile } from '../types.ts';
import { BodyRefused, BodyWatch } from './body-limits.ts';
import type { BodyLimits } from './body-limits.ts';
import { failedError, failedStatus, isFile, isOutOfHandles, shortBody } from './classify.ts';
import { judge } from './retry-policy.ts';
import type { FailedTry, RetryLimits } from './retry-policy.ts';

/** What fetching needs of the rest, handed in by the pipeline. */
export interface FetchTools {
  readonly session: ClientSession;
  readonly limits: RetryLimits;
  readonly bodyLimits: BodyLimits;
  readonly emit: DownloadListener;
  /** A number from 0 to 1, 1 excluded. */
  random(): number;
  openPart(): PartFile;
  park(host: string, milliseconds: number): void;
  lowerLimit(): void;
}

/** The right to request; a line holds it while it requests, and not while it waits for its next try. */
export interface Turn {
  giveBack(): void;
  /** Waits for it. */
  takeAgain(): Awaitable<void>;
}

/** A URL that could not be fetched. */
export interface FetchFailed {
  readonly failure: Failure;
  readonly tries: number;
}

/** Fetches a file into a part. The caller holds the turn for the first try, and holds one again in the end. */
export function* fetchFile(
  entry: PlannedFile,
  turn: Turn,
  tools: FetchTools,
): GeneratorBody<FetchedFile | FetchFailed> {
  const loop = getEventLoop();
  const began = loop.time();
  tools.emit({ type: 'request', entry });
  for (let tries = 1; ; tries++) {
    const outcome = yield* tryOnce(entry, tools);
    if ('part' in outcome) {
      const { part, bytes, status, framed } = outcome;
      return { entry, part, bytes, status, framed, tries, elapsed: loop.time() - began };
    }
    const verdict = judge(outcome, tries, tools.limits, tools.random);
    if (!verdict.retry) return { failure: verdict.failure, tries };
    tools.emit({ type: 'retry', entry, failure: outcome, tries, wait: verdict.wait });
    if (verdict.parksHost) tools.park(entry.host, verdict.wait); // Before the turn goes back: or the next line would have it at once.
    turn.giveBack();
    yield* sleep(verdict.wait);
    yield* turn.takeAgain();
  }
}

type WholeBody = Pick<FetchedFile, 'part' | 'bytes' | 'status' | 'framed'>;

function* tryOnce(entry: PlannedFile, tools: FetchTools): GeneratorBody<WholeBody | FailedTry> {
  let response: ClientResponse | null = null;
  let part: PartFile | null = null;
  try {
    response = yield* tools.session.get(entry.href, optionsFor(entry));
    if (!isFile(response.status)) return refuse(response);
    part = tools.openPart();
    const bytes = yield* response.consume(receiver(response, part, tools));
    if (response.contentLength !== null && response.contentLength !== bytes)
      return shortBody(bytes, response.contentLength);
    part.finish();
    const whole = { part, bytes, status: response.status, framed: response.framed };
    part = null;
    return whole;
  } catch (error) {
    response?.close();
    return failureOf(error, tools);
  } finally {
    part?.discard();
  }
}

function optionsFor({ authorization }: PlannedFile): RequestOptions | undefined {
  return authorization === null ? undefined : { headers: { authorization } };
}

/** A short error page is read away, so that its socket can be used again. */
function refuse(response: ClientResponse): FailedTry {
  response.release();
  return failedStatus(response, Date.now());
}

/** Runs in the socket's own callback: what it throws ends the try. */
function receiver(
  { contentLength }: ClientResponse,
  part: PartFile,
  { bodyLimits, emit }: FetchTools,
): (chunk: Uint8Array) => void {
  const watch = new BodyWatch(bodyLimits, getEventLoop());
  watch.expect(contentLength);
  return (chunk) => {
    watch.take(chunk.byteLength);
    part.write(chunk);
    emit({ type: 'bytes', bytes: chunk.byteLength });
  };
}

function failureOf(error: unknown, tools: FetchTools): FailedTry {
  const failed = error instanceof BodyRefused ? error.failed : failedError(error);
  if (failed === null) throw error;
  if (isOutOfHandles(error)) tools.lowerLimit();
  return failed;
}
