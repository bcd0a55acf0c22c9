// Folders on the way to a path. Node's own recursive `mkdir` reports a read-only file system as a missing folder.

import { mkdirSync, rmdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemCode } from '../errors.ts';

/** Makes a folder and what is missing above it. Returns the outermost folder that was made; null if all were there. */
export function makeFolders(path: string): string | null {
  try {
    mkdirSync(path);
    return path;
  } catch (error) {
    if (isFolder(path)) return null;
    const parent = dirname(path);
    if (systemCode(error) !== 'ENOENT' || parent === path) throw error;
    const outermost = makeFolders(parent);
    mkdirSync(path);
    return outermost ?? path;
  }
}

/** Removes a folder and those above it, up to `outermost`, for as long as they are empty. */
export function removeEmptyFolders(path: string, outermost: string): void {
  try {
    rmdirSync(path);
  } catch {
    return; // Something stands in it, or somebody was faster.
  }
  if (path !== outermost && dirname(path) !== path) removeEmptyFolders(dirname(path), outermost);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
