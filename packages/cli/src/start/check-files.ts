import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SampleOrigin } from '@cotask/test-servers';

/**
 * The URLs of the origin whose file is not there, or not what the origin serves.
 *
 * @param stored The name of each line's file.
 */
export async function checkFiles(
  origin: SampleOrigin,
  folder: string,
  stored: ReadonlyMap<number, string>,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const [index, url] of origin.urls.entries()) {
    const file = stored.get(index + 1);
    if (file === undefined || (await checksumOf(join(folder, file))) !== origin.expected(url).sha256) wrong.push(url);
  }
  return wrong;
}

async function checksumOf(path: string): Promise<string | null> {
  try {
    return createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  } catch {
    return null;
  }
}
