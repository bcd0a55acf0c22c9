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
  /** Waits for the turn of another try. */
  again(host: string): Awaitable<void>;
  release(host: string): void;
  park(host: string, milliseconds: number): void;
  lowerLimit(): void;
}

/** A URL that could not be fetched. */
export interface FetchFailed {
  readonly failure: Failure;
  readonly tries: number;
}

/** Fetches a file into a part. The caller holds a turn for the first try; it is given back here. */
export function* fetchFile(entry: PlannedFile, tools: FetchTools): GeneratorBody<FetchedFile | FetchFailed> {
  const loop = getEventLoop();
  const began = loop.time();
  tools.emit({ type: 'request', entry });
  for (let tries = 1; ; tries++) {
    const outcome = yield* tryWithTurn(entry, tries, tools);
    if ('part' in outcome) {
      const { part, bytes, status, framed } = outcome;
      return { entry, part, bytes, status, framed, tries, elapsed: loop.time() - began };
    }
    if ('failure' in outcome) return outcome;
    yield* sleep(outcome.wait);
    yield* tools.again(entry.host);
  }
}

/** The turn goes back when the host was parked, if it is to be: or the next line would have it at once. */
function* tryWithTurn(
  entry: PlannedFile,
  tries: number,
  tools: FetchTools,
): GeneratorBody<WholeBody | FetchFailed | Pause> {
  try {
    const outcome = yield* tryOnce(entry, tools);
    return 'part' in outcome ? outcome : decide(outcome, entry, tries, tools);
  } finally {
    tools.release(entry.host);
  }
}

function decide(failed: FailedTry, entry: PlannedFile, tries: number, tools: FetchTools): FetchFailed | Pause {
  const verdict = judge(failed, tries, tools.limits, tools.random);
  if (!verdict.retry) return { failure: verdict.failure, tries };
  const { wait, parksHost } = verdict;
  tools.emit({ type: 'retry', entry, failure: failed, tries, wait });
  if (parksHost) tools.park(entry.host, wait);
  return { wait };
}

/** How long to wait before the next try, in milliseconds. */
interface Pause {
  readonly wait: number;
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
