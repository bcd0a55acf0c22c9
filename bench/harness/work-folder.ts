/** A folder of the bench's own, in memory where the system has such a place. */
import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Removed when it is disposed of, and when the process exits. */
export class WorkFolder implements Disposable {
  readonly path: string;
  readonly #remove = (): void => rmSync(this.path, { recursive: true, force: true });

  /** @throws when neither memory nor disk have room for so many bytes. */
  constructor(bytes: number) {
    const place = ['/dev/shm', tmpdir()].find((folder) => existsSync(folder) && roomIn(folder) > bytes);
    if (place === undefined) throw new Error(`no room for ${bytes} bytes in /dev/shm or ${tmpdir()}`);
    this.path = mkdtempSync(join(place, 'cotask-bench-'));
    process.once('exit', this.#remove);
  }

  [Symbol.dispose](): void {
    process.off('exit', this.#remove);
    this.#remove();
  }
}

function roomIn(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
