/** A folder of the bench's own, in memory where the system has such a place. */
import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whenEnded } from './ending.ts';

/** Removed when it is disposed of, and when a signal ends the bench. */
export class WorkFolder implements Disposable {
  readonly path: string;
  readonly #forget: () => void;

  /** @throws when neither memory nor disk have room for so many bytes. */
  constructor(bytes: number) {
    const place = ['/dev/shm', tmpdir()].find((folder) => existsSync(folder) && roomIn(folder) > bytes);
    if (place === undefined) throw new Error(`no room for ${bytes} bytes in /dev/shm or ${tmpdir()}`);
    this.path = mkdtempSync(join(place, 'cotask-bench-'));
    this.#forget = whenEnded(() => this.#remove());
  }

  [Symbol.dispose](): void {
    this.#forget();
    this.#remove();
  }

  #remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

function roomIn(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
