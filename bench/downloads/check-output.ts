/** Whether a downloader has brought every file, whole, whatever it calls them. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from './file-set.ts';

/** @throws when the contents of `expected` are not all in `folder`. */
export function checkOutput(folder: string, expected: ReadonlySet<string>): void {
  const missing = new Set(expected);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) missing.delete(digestOf(readFileSync(join(entry.parentPath, entry.name))));
  }
  if (missing.size > 0) throw new Error(`${missing.size} of ${expected.size} files are not in ${folder}, or not whole`);
}
