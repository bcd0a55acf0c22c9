/**
 * One URL, as often as it takes: request, body into a part file, and after a failure either another try or the words
 * for the report. A line that waits for its next try holds no turn and no socket, so a host that asks to be left alone
 * holds up nothing but its own lines.
 */

import { coroutine, getEventLoop, sleep } from 'cotask';
import type { Awaitable, Coroutine, GeneratorBody } from 'cotask';
import type { ClientResponse, ClientSession } from '@cotask/http';
import type { DownloadListener } from '../events.ts';
import type { Failure, FetchedFile, PartFile, PlannedFile } from '../types.ts';
import { failedError, failedStatus, isFile, isOutOfHandles, shortBody } from './classify.ts';
import { judge } from './retry-policy.ts';
import type { FailedTry, RetryLimits } from './retry-policy.ts';

/** What fetching needs of the rest, handed in by the pipeline. */
export interface FetchTools {
  readonly session: ClientSession;
  readonly limits: RetryLimits;
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
export const fetchFile: (entry: PlannedFile, tools: FetchTools) => Coroutine<FetchedFile | FetchFailed> = coroutine(
  function* fetchFile(entry: PlannedFile, tools: FetchTools) {
    const loop = getEventLoop();
    const began = loop.time();
    tools.emit({ type: 'request', entry });
    for (let tries = 1; ; tries++) {
      const outcome = yield* tryWithTurn(entry, tools);
      if ('part' in outcome) return { ...entry, ...outcome, tries, elapsed: loop.time() - began };
      const verdict = judge(outcome, tries, tools.limits, tools.random);
      if (!verdict.retry) return { failure: verdict.failure, tries };
      tools.emit({ type: 'retry', entry, failure: outcome, tries, wait: verdict.wait });
      if (verdict.parksHost) tools.park(entry.host, verdict.wait);
      yield* sleep(verdict.wait);
      yield* tools.again(entry.host);
    }
  },
);

type WholeBody = Pick<FetchedFile, 'part' | 'bytes' | 'status' | 'framed'>;

const tryWithTurn = coroutine(function* tryWithTurn(entry: PlannedFile, tools: FetchTools) {
  try {
    return yield* tryOnce(entry, tools);
  } catch (error) {
    const failed = failedError(error);
    if (failed === null) throw error;
    if (isOutOfHandles(error)) tools.lowerLimit();
    return failed;
  } finally {
    tools.release(entry.host);
  }
});

const tryOnce = coroutine(function* tryOnce(entry: PlannedFile, tools: FetchTools) {
  const { href, authorization } = entry;
  const response = yield* tools.session.get(href, authorization === null ? undefined : { headers: { authorization } });
  if (!isFile(response.status)) {
    response.release(); // A short error page is read away, so that its socket can be used again.
    return failedStatus(response, Date.now());
  }
  try {
    return yield* receive(response, tools);
  } finally {
    response.close();
  }
});

const receive = coroutine(function* receive(
  response: ClientResponse,
  tools: FetchTools,
): GeneratorBody<WholeBody | FailedTry> {
  const part = tools.openPart();
  let whole = false;
  try {
    const bytes = yield* response.consume((chunk) => {
      part.write(chunk);
      tools.emit({ type: 'bytes', bytes: chunk.byteLength });
    });
    const { contentLength } = response;
    if (contentLength !== null && contentLength !== bytes) return shortBody(bytes, contentLength);
    part.finish();
    whole = true;
    return { part, bytes, status: response.status, framed: response.framed };
  } finally {
    if (!whole) part.discard();
  }
});
