import { DownloadUsageError } from './errors.ts';
import { fileNameOf, repeatFileName } from './plan/file-name.ts';
import { checkUrl, isListedUrl } from './source/check-url.ts';

/**
 * The name of the file that a URL is downloaded to.
 *
 * @param line The number of the line, for a URL that stood on an earlier line of the list already.
 * @throws DownloadUsageError `COTASK_DOWNLOAD_OPTION` for what a list would refuse as a URL.
 * @example
 * ```ts
 * import { fileNameFor } from '@cotask/download';
 *
 * console.log(fileNameFor('https://example.com/maps/rome.png')); // example.com,maps,rome.png
 * ```
 */
export function fileNameFor(url: string | URL, line?: number): string {
  const listed = checkUrl(String(url), { line: line ?? 1, offset: 0 });
  if (!isListedUrl(listed)) {
    throw new DownloadUsageError(
      'COTASK_DOWNLOAD_OPTION',
      `No file for ${listed.excerpt}: ${listed.reason}.`,
      'Pass an absolute http or https URL.',
    );
  }
  const name = fileNameOf(listed.identity);
  return line === undefined ? name : repeatFileName(name, line);
}
