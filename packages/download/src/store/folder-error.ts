// Which errors of the file system are the folder's fault, so that no file could be written, and their words.

import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { OutputFolderError, systemCode } from '../errors.ts';

const REASONS: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  ENOSPC: ['is on a disk that is full', 'Free some space and run again.'],
  EDQUOT: ['is over its quota', 'Free some space and run again.'],
  EROFS: ['is on a read-only file system', 'Choose another folder with --into.'],
  EACCES: ['may not be written', 'Change its permissions, or choose another folder with --into.'],
  EPERM: ['may not be written', 'Change its permissions, or choose another folder with --into.'],
  ENOENT: ['is gone', 'Was it moved or removed while files were written to it?'],
  ELOOP: ['is a symbolic link that leads nowhere', 'Choose another folder with --into.'],
  ENAMETOOLONG: ['has a name that is too long', 'Choose another folder with --into.'],
  EIO: ['is on a disk that fails', 'The system reports an input/output error; check the disk.'],
};

/** The folder's error for an error of the file system. */
export function folderError(folder: string, error: unknown): OutputFolderError {
  if (error instanceof OutputFolderError) return error;
  const code = systemCode(error);
  const inTheWay = code === 'ENOTDIR' || code === 'EEXIST' ? whatIsInTheWay(folder) : null;
  if (inTheWay !== null) return notFolder(folder, `${inTheWay} is not a folder (${code}).`, error);
  const [what, hint] = (code === null ? undefined : REASONS[code]) ?? [
    'cannot be written',
    'The system gave the reason in brackets.',
  ];
  return new OutputFolderError(folder, `The folder ${folder} ${what} (${code ?? String(error)}).`, hint, {
    cause: error,
  });
}

function notFolder(folder: string, words: string, cause: unknown): OutputFolderError {
  return new OutputFolderError(folder, words, 'Choose another folder with --into.', { cause });
}

/** The path itself or something on the way to it; null if the nearest that is there is a folder. */
function whatIsInTheWay(path: string): string | null {
  try {
    return lstatSync(path).isDirectory() ? null : path;
  } catch {
    return dirname(path) === path ? null : whatIsInTheWay(dirname(path));
  }
}

/** True for an error that says the process has too many files open: fewer at once will do. */
export function isOutOfHandles(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'EMFILE' || code === 'ENFILE';
}
