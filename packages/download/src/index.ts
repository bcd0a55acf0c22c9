/** Bulk downloads: a list of URLs of any length becomes files in a folder, and a report. */

/// <reference lib="esnext.disposable" preserve="true" />

export { download, FAILED_LIST, REPORT_FILE } from './download.ts';
export { DEFAULTS } from './options.ts';
export type { DownloadOptions } from './options.ts';
export type { ListSource } from './source/list-source.ts';
export { fileNameFor } from './file-name-for.ts';
export type { Report, ReportedFailure, ReportedFile } from './report/report.ts';
export { hasUrl } from './events.ts';
export type * from './events.ts';
export type { BadLine, ExistingFiles, Failure, ListedUrl, ListPosition, PlannedFile } from './types.ts';
export { DownloadUsageError, OutputFolderError } from './errors.ts';
export type { UsageCode } from './errors.ts';
