// What `--json` prints: one object for each line of the list when it ends, and the report as the last one.

import { hasUrl } from '@cotask/download';
import type { DownloadEvent, Report } from '@cotask/download';

/** The object of an event, or null for one that ends no line. */
export function jsonOf(event: DownloadEvent): object | null {
  if (event.type === 'stored') {
    const { entry, bytes, status, tries, elapsed } = event;
    return {
      event: 'stored',
      line: entry.line,
      url: entry.href,
      file: entry.file,
      bytes,
      status,
      tries,
      elapsed: Math.round(elapsed),
    };
  }
  if (event.type === 'skipped')
    return { event: 'skipped', line: event.entry.line, url: event.entry.href, file: event.entry.file };
  if (event.type !== 'failed') return null;
  const { entry, failure, tries } = event;
  const what = hasUrl(entry) ? { url: entry.href, file: entry.file } : { url: null, text: entry.excerpt };
  return {
    event: 'failed',
    line: entry.line,
    ...what,
    kind: failure.kind,
    status: failure.status,
    message: failure.message,
    tries,
  };
}

/** The summary. */
export function jsonSummary(report: Report, exitCode: number): object {
  return { event: 'summary', ...report, exitCode };
}
