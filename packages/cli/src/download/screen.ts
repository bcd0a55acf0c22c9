/**
 * Everything the download command says while it runs. Standard output carries the result (the report, or JSON lines);
 * standard error carries progress and errors.
 */

import { watchOutput } from '../output-errors.ts';
import { hasUrl } from '@cotask/download';
import type { DownloadEvent, LineFailed, Report, TryFailed } from '@cotask/download';
import { describeError, errorText } from '../describe-error.ts';
import { count, duration, printable, shorten } from '../terminal/format.ts';
import { paletteFor } from '../terminal/palette.ts';
import { jsonOf, jsonSummary } from './json-lines.ts';
import { LiveProgress } from './live-progress.ts';
import type { DownloadInvocation } from './parse-arguments.ts';
import { PlainProgress } from './plain-progress.ts';
import { reportText } from './report-text.ts';
import { Watch } from './watch.ts';

/** Failures named while the download runs; the others stand in the list of failures. */
const NAMED_FAILURES = 10;

/** Between two draws, in milliseconds. */
const LIVE_PERIOD = 200;
const PLAIN_PERIOD = 2_000;

/** JSON lines are written in pieces of this many characters, or at the next draw. */
const JSON_PIECE = 16 * 1024;

/** What the command shows. */
export class Screen {
  readonly #invocation: DownloadInvocation;
  readonly #watch: Watch;
  readonly #progress: LiveProgress | PlainProgress | null;
  readonly #live: boolean;
  readonly #clock: () => number;
  #json = '';
  #named = 0;
  #nextPlain = 0;

  /**
   * @param clock Milliseconds, for everything that is drawn.
   */
  constructor(invocation: DownloadInvocation, clock: () => number) {
    this.#invocation = invocation;
    this.#clock = clock;
    this.#watch = new Watch(clock);
    this.#live = process.stderr.isTTY && process.env['TERM'] !== 'dumb';
    this.#progress = invocation.quiet ? null : this.#makeProgress();
    watchOutput();
  }

  /** How often `tick` wants to be called, in milliseconds. */
  get period(): number {
    return LIVE_PERIOD;
  }

  /** Takes an event. */
  hear(event: DownloadEvent): void {
    this.#watch.hear(event);
    if (this.#invocation.json) this.#addJson(jsonOf(event));
    if (event.type === 'began') this.#print(`downloading ${this.#listName()} into ${printable(event.folder)}`);
    else if (event.type === 'failed') this.#nameFailure(event);
    else if (event.type === 'stopping') this.#sayStopping(event.underWay, event.grace);
    else if (event.type === 'retry' && this.#invocation.debug) this.#nameRetry(event);
    else if (event.type === 'parked' && this.#invocation.debug)
      this.#print(`${event.host} asked to be left alone for ${duration(event.wait)}`);
  }

  /** Draws the progress, and writes what JSON there is. */
  tick(): void {
    const now = this.#clock();
    this.#writeJson();
    if (!this.#live && now < this.#nextPlain) return;
    if (this.#nextPlain > 0 || this.#live) this.#progress?.draw(now);
    this.#nextPlain = now + PLAIN_PERIOD;
  }

  /** Prints the end. */
  end(report: Report, exitCode: number): void {
    this.#progress?.clear();
    if (this.#invocation.json) {
      this.#addJson(jsonSummary(report, exitCode));
      this.#writeJson();
    } else if (!this.#invocation.quiet) process.stdout.write(reportText(report, paletteFor(process.stdout)));
    else if (report.failed > 0)
      process.stderr.write(`cotask download: ${count(report.failed)} failed: ${printable(report.failedList ?? '')}\n`);
  }

  /** Prints what ended the download. */
  fail(error: unknown, exitCode: number): void {
    this.#progress?.clear();
    if (this.#invocation.json) this.#addJson({ event: 'error', ...describeError(error), exitCode });
    this.#writeJson();
    process.stderr.write(errorText('cotask download', error, this.#invocation.debug));
  }

  /** Leaves the terminal as it was. */
  clear(): void {
    this.#writeJson();
    this.#progress?.clear();
  }

  #makeProgress(): LiveProgress | PlainProgress {
    if (this.#live) return new LiveProgress(process.stderr, paletteFor(process.stderr), this.#watch);
    return new PlainProgress((text) => process.stderr.write(text), this.#watch);
  }

  #listName(): string {
    return this.#invocation.list === '-' ? 'the list on standard input' : printable(this.#invocation.list);
  }

  #print(text: string): void {
    this.#progress?.print(text);
  }

  #nameFailure({ entry, failure, tries }: LineFailed): void {
    this.#named++;
    if (this.#named > NAMED_FAILURES && !this.#invocation.debug) {
      if (this.#named === NAMED_FAILURES + 1)
        this.#print('further failures are not shown here; they stand in the list of failures');
      return;
    }
    const what = hasUrl(entry) ? entry.href : entry.excerpt;
    const sentence = `failed, line ${entry.line}: ${shorten(printable(what), 120)}: ${printable(failure.message)}`;
    this.#print(
      this.#invocation.debug ? `${sentence} [${failure.kind}, ${tries} tries]${stackOf(failure.cause)}` : sentence,
    );
  }

  #nameRetry({ entry, failure, tries, wait }: TryFailed): void {
    this.#print(
      `try ${tries} failed, line ${entry.line}: ${shorten(printable(entry.href), 120)}: ${printable(failure.message)}; again in ${duration(wait)}`,
    );
  }

  #sayStopping(underWay: number, grace: number): void {
    this.#print(
      `stopping: no more lines are taken; ${count(underWay)} under way get ${duration(grace)}. A second signal ends at once.`,
    );
  }

  #addJson(object: object | null): void {
    if (object === null) return;
    this.#json += `${JSON.stringify(object)}\n`;
    if (this.#json.length >= JSON_PIECE) this.#writeJson();
  }

  #writeJson(): void {
    if (this.#json !== '') process.stdout.write(this.#json);
    this.#json = '';
  }
}

function stackOf(cause: unknown): string {
  return cause instanceof Error && cause.stack !== undefined ? `\n${cause.stack}` : '';
}
