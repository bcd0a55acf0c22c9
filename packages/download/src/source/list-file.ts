/**
 * A list that is named by its path. Behind a path may stand a pipe or a terminal: opening a pipe that nobody writes to, and
 * reading either, may take for ever, and a thread that waits in the system can be ended by nothing but the process's end.
 * So these are opened without waiting and read by events.
 */

import { close, constants, fstat, open, read } from 'node:fs';
import type { Stats } from 'node:fs';
import { Socket } from 'node:net';
import { isatty, ReadStream } from 'node:tty';
import { promisify } from 'node:util';
import { DownloadUsageError, systemCode } from '../errors.ts';

/** What stands behind a path. */
export type ListFile =
  | {
      /** The handle to read from; who opened it closes it. */
      readonly handle: number;
      /** In bytes. */
      readonly size: number;
      /** True if it can be opened again and gives the same. */
      readonly isRegular: boolean;
    }
  | {
      /** A pipe or a terminal. */
      readonly stream: Socket;
    };

/** What to do about a list that cannot be read. */
const NAME_A_LIST = 'Name a text file with one URL a line, or - for standard input.';

/**
 * Opens it.
 *
 * @throws DownloadUsageError `COTASK_DOWNLOAD_LIST` for a file that is not there, is a folder, is UTF-16 or may not be read.
 */
export async function openListFile(path: string): Promise<ListFile> {
  try {
    const handle = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK); // Windows has no such flag: 0.
    try {
      return await look(path, handle, await promisify(fstat)(handle));
    } catch (error) {
      closeHandle(handle);
      throw error;
    }
  } catch (error) {
    throw error instanceof DownloadUsageError ? error : unreadable(path, error);
  }
}

/** Closes it; that this fails concerns nobody. */
export function closeListFile(file: ListFile): void {
  if ('stream' in file) file.stream.destroy();
  else closeHandle(file.handle);
}

function closeHandle(handle: number): void {
  close(handle, () => {});
}

/** The next bytes of a handle, in a block that is used again; null at the end. */
export function fileBlocks(handle: number, size: number): () => Promise<Uint8Array | null> {
  const block = Buffer.alloc(size);
  const readInto = promisify(read<Buffer>);
  return async () => {
    const { bytesRead } = await readInto(handle, block, 0, size, null);
    return bytesRead === 0 ? null : block.subarray(0, bytesRead);
  };
}

/** The refusal of a list for what the system says about it. */
export function unreadable(path: string, error: unknown): DownloadUsageError {
  const code = systemCode(error);
  const what =
    code === 'ENOENT'
      ? 'does not exist'
      : code === 'EACCES' || code === 'EPERM'
        ? 'may not be read'
        : `cannot be read (${code ?? String(error)})`;
  return new DownloadUsageError('COTASK_DOWNLOAD_LIST', `The list ${path} ${what}.`, NAME_A_LIST, { cause: error });
}

/** Refuses a list by its first bytes. */
export function refuseUtf16(block: Uint8Array, name: string): void {
  const mark = ((block[0] ?? 0) << 8) | (block[1] ?? 0);
  if (mark !== 0xfffe && mark !== 0xfeff) return;
  throw new DownloadUsageError('COTASK_DOWNLOAD_LIST', `The list ${name} is UTF-16.`, 'Save it as UTF-8.');
}

async function look(path: string, handle: number, stats: Stats): Promise<ListFile> {
  if (stats.isDirectory())
    throw new DownloadUsageError('COTASK_DOWNLOAD_LIST', `The list ${path} is a folder.`, NAME_A_LIST);
  if (stats.isFIFO()) return { stream: new Socket({ fd: handle, readable: true, writable: false }) };
  if (isatty(handle)) return { stream: new ReadStream(handle) };
  if (stats.isFile()) await peek(handle, path);
  return { handle, size: stats.size, isRegular: stats.isFile() };
}

/** A file can be refused at once by its first bytes, before anything is made for it. */
async function peek(handle: number, path: string): Promise<void> {
  const { buffer } = await promisify(read<Buffer>)(handle, Buffer.alloc(2), 0, 2, 0);
  refuseUtf16(buffer, path);
}
