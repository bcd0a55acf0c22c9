/**
 * Storing for those who ask that a file outlive a power cut (`fsync`). A sync costs milliseconds, so files are synced in
 * batches: while one batch is on its way to the disk, the next one gathers. A file gets its name when its bytes are
 * safe, and counts as stored when its name is.
 */

import { open } from 'node:fs/promises';
import { coroutine, fromPromise, getEventLoop } from 'cotask';
import type { Coroutine, Future } from 'cotask';
import { WaitQueue } from 'cotask/lowlevel';
import type { PartFile } from '../types.ts';
import { folderError } from './folder-error.ts';
import type { OutputFolder, Stored } from './output-folder.ts';

/** Files synced at once; each is an open file for that time. */
const BATCH = 128;

interface Waiting {
  readonly part: PartFile;
  readonly file: string;
  readonly stored: Future<Stored>;
}

/** Stores files in batches. Somebody has to run `syncing`. */
export class SyncedStore {
  readonly folder: OutputFolder;
  readonly #waiting: Waiting[] = [];
  readonly #bell: WaitQueue = new WaitQueue();

  constructor(folder: OutputFolder) {
    this.folder = folder;
  }

  /** Hands in a finished part; wait for the future to know that it is safe. */
  store(part: PartFile, file: string): Future<Stored> {
    const stored = getEventLoop().createFuture<Stored>(`${file} to be synced`);
    this.#waiting.push({ part, file, stored });
    this.#bell.wakeOne();
    return stored;
  }

  /** Syncs what comes, until cancelled. Throws what the disk says. */
  syncing(): Coroutine<never> {
    return syncBatches(this);
  }

  /** The next batch, empty if nothing waits. */
  take(): Waiting[] {
    return this.#waiting.splice(0, BATCH);
  }

  /** Waits for something to sync. */
  rung(): Future<void> {
    return this.#bell.wait('files to sync');
  }
}

const syncBatches = coroutine(function* syncBatches(store: SyncedStore) {
  for (;;) {
    const batch = store.take();
    if (batch.length === 0) yield* store.rung();
    else yield* syncBatch(store.folder, batch);
  }
});

const syncBatch = coroutine(function* syncBatch(folder: OutputFolder, batch: Waiting[]) {
  yield* fromPromise(
    syncFiles(
      folder,
      batch.map(({ part }) => part.path),
    ),
  );
  const wanted = batch.filter(({ stored }) => !stored.done()); // Those who gave up meanwhile are left without a name.
  const outcomes = wanted.map(({ part, file }) => folder.store(part, file));
  if (process.platform !== 'win32') yield* fromPromise(syncFiles(folder, [folder.path])); // Windows cannot sync a folder.
  for (const [index, { stored }] of wanted.entries()) {
    if (!stored.done()) stored.setResult(outcomes[index] ?? 'exists');
  }
});

async function syncFiles(folder: OutputFolder, paths: string[]): Promise<void> {
  try {
    await Promise.all(paths.map(syncFile));
  } catch (error) {
    throw folderError(folder.path, error);
  }
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, process.platform === 'win32' ? 'r+' : 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
