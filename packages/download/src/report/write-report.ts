// The report as a file, written beside its place and renamed: whoever reads it reads a whole one.

import { renameSync, writeFileSync } from 'node:fs';
import type { Report } from './report.ts';

/**
 * Writes the report.
 *
 * @param beside Where it is written, on the same file system.
 */
export function writeReport(report: Report, beside: string): void {
  writeFileSync(beside, `${JSON.stringify(report, null, 2)}\n`);
  renameSync(beside, report.reportFile);
}
