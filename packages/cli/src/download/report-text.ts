// The report for people.

import type { Report, ReportedFile } from '@cotask/download';
import { bytes, count, duration, plural, printable, shorten } from '../terminal/format.ts';
import type { Palette } from '../terminal/palette.ts';

/** Kinds of failure that are named. */
const NAMED_KINDS = 8;

/** The report as lines of text. */
export function reportText(report: Report, palette: Palette): string {
  return `${[headline(report, palette), ...rows(report, palette)].join('\n')}\n`;
}

function headline(report: Report, { good, bad, strong }: Palette): string {
  const { lines, files, failed, bytes: size, elapsed, end, dropped } = report;
  if (lines === 0 && end === 'complete') return strong('The list holds no URL: nothing was downloaded.');
  const rate = elapsed > 0 ? ` (${bytes((size / elapsed) * 1000)}/s)` : '';
  const done = `${plural(files, 'file')}, ${bytes(size)} in ${duration(elapsed)}${rate}`;
  const failures = failed > 0 ? `, ${bad(`${count(failed)} failed`)}` : '';
  const stopped =
    end === 'stopped'
      ? `, ${bad('stopped early')}${dropped > 0 ? ` with ${plural(dropped, 'line')} begun or read and not done` : ''}`
      : '';
  return `${failed > 0 || end === 'stopped' ? strong(done) : good(done)}${failures}${stopped}`;
}

function rows(report: Report, palette: Palette): string[] {
  const { retries, skipped, repeats, unproven, slowest, mostRetried, leftovers } = report;
  return [
    ...row('retries', plural(retries, 'retry', 'retries'), true, palette),
    ...row('skipped', `${plural(skipped, 'file')} that were there`, skipped > 0, palette),
    ...row('repeats', `${plural(repeats, 'line')} with the URL of an earlier line`, repeats > 0, palette),
    ...row('unproven', `${plural(unproven, 'file')} whose end the server did not mark`, unproven > 0, palette),
    ...list('slowest', slowest.map(slowFile), palette),
    ...list('most retried', mostRetried.map(retriedFile), palette),
    ...list('failed', failures(report), palette),
    ...row(
      'cleared',
      `${plural(leftovers.parts, 'part file')} (${bytes(leftovers.bytes)}) of ${plural(leftovers.runs, 'run')} that died`,
      leftovers.runs > 0,
      palette,
    ),
    ...row('files in', printable(report.folder), true, palette),
    ...row('report', printable(report.reportFile), true, palette),
    ...row(
      'failed lines',
      `${printable(report.failedList ?? '')} (a list: download it to try them again)`,
      report.failedList !== null,
      palette,
    ),
  ];
}

function row(name: string, text: string, wanted: boolean, { faint }: Palette): string[] {
  return wanted ? [`  ${faint(name.padEnd(12))}  ${text}`] : [];
}

function list(name: string, texts: readonly string[], palette: Palette): string[] {
  return texts.flatMap((text, index) => row(index === 0 ? name : '', text, true, palette));
}

function slowFile(file: ReportedFile): string {
  return `${duration(file.elapsed).padStart(8)}  ${shorten(printable(file.url), 80)}`;
}

function retriedFile(file: ReportedFile): string {
  return `${plural(file.tries, 'try', 'tries').padStart(8)}  ${shorten(printable(file.url), 80)}`;
}

function failures({ failures }: Report): string[] {
  const named = failures
    .slice(0, NAMED_KINDS)
    .flatMap(({ kind, count: times, first }) => [
      `${count(times)} × ${printable(kind)}`,
      ...first.map(
        ({ line, url, message }) =>
          `  line ${line}: ${shorten(printable(url), 80)}: ${shorten(printable(message), 160)}`,
      ),
    ]);
  const rest = failures.length - NAMED_KINDS;
  return rest > 0 ? [...named, `and ${plural(rest, 'more kind')}`] : named;
}
