// A whole part file gets its final name, in one step, and never over a file that is not this run's to replace.

import { linkSync, lstatSync, renameSync, unlinkSync } from 'node:fs';
import { systemCode } from '../errors.ts';

/** File systems without hard links (FAT, some network drives) say so by one of these. */
const NO_LINKS: ReadonlySet<string> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
  'EISDIR',
  'EINVAL',
]);

/** Gives a part its final name, replacing a file or a link that stands there; false if a folder does. */
export function placeOver(part: string, final: string): boolean {
  try {
    renameSync(part, final);
    return true;
  } catch (error) {
    if (lstatSync(final, { throwIfNoEntry: false })?.isDirectory() === true) return false;
    throw error;
  }
}

/**
 * Gives a part its final name if nothing stands there; false if something does.
 *
 * A rename would replace, and looking first is a race with whoever else writes into the folder; a hard link is made or
 * is not. Where the file system has none, looking first must do.
 */
export function placeNew(part: string, final: string): boolean {
  try {
    linkSync(part, final);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EEXIST') return false;
    if (code === null || !NO_LINKS.has(code)) throw error;
    return renameNew(part, final);
  }
  unlinkSync(part);
  return true;
}

function renameNew(part: string, final: string): boolean {
  if (lstatSync(final, { throwIfNoEntry: false }) !== undefined) return false;
  renameSync(part, final);
  return true;
}
