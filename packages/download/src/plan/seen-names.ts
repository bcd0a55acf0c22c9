/**
 * Which names this run has given away already: what tells a repeat in the list from a file of an earlier run, exactly,
 * in memory that does not grow with the list. Of each name 127 bits of its hash are kept. The first ones stand in a table
 * in memory; when that is full, one on disk takes over, beside the part files, which is never synced and dies with the
 * run. A short list never opens it, and `node:sqlite` is not loaded for it.
 */

import { hash } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Names held in memory before the table on disk takes over: half a megabyte. */
const HELD = 20_000;

/** Pages of the table on disk that are held in memory, in KiB. */
const CACHE = 8 * 1024;

/** The names given away in one run. */
export class SeenNames {
  readonly #path: string;
  #held: HeldTable | null;
  #stored: StoredTable | null = null;

  /**
   * @param path Where the table on disk is made, if it is needed.
   * @param room How many names are held in memory before that.
   */
  constructor(path: string, room: number = HELD) {
    this.#path = path;
    this.#held = new HeldTable(room);
  }

  /** Adds a name; false if it was there. Throws what the table throws when the disk is full. */
  add(name: string): boolean {
    const fingerprint = hash('sha256', name, 'buffer').subarray(0, 16);
    fingerprint[12] = (fingerprint[12] ?? 0) | 1; // Never all zeros, which is an empty slot: one bit of 128 is spent on it.
    if (this.#held === null) return this.#stored?.add(fingerprint) ?? true;
    const isNew = this.#held.add(fingerprint);
    if (this.#held.isFull) this.#spill(this.#held);
    return isNew;
  }

  /** Closes the table on disk, which goes with its folder. */
  close(): void {
    this.#stored?.close();
    this.#stored = null;
  }

  #spill(held: HeldTable): void {
    this.#stored = new StoredTable(this.#path);
    for (const fingerprint of held.all()) this.#stored.add(fingerprint);
    this.#held = null;
  }
}

/** Four words for each fingerprint, in one block outside the heap: open addressing, at most half full. */
class HeldTable {
  readonly #words: Int32Array;
  readonly #slots: number;
  readonly #room: number;
  #size = 0;

  constructor(room: number) {
    this.#room = room;
    this.#slots = 2 ** Math.ceil(Math.log2(room * 2 + 2));
    this.#words = new Int32Array(this.#slots * 4);
  }

  get isFull(): boolean {
    return this.#size >= this.#room;
  }

  add(fingerprint: Buffer): boolean {
    const a = fingerprint.readInt32LE(0);
    const b = fingerprint.readInt32LE(4);
    const c = fingerprint.readInt32LE(8);
    const d = fingerprint.readInt32LE(12);
    const words = this.#words;
    let at = (a & (this.#slots - 1)) * 4;
    for (; words[at + 3] !== 0; at = (at + 4) % words.length) {
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) return false;
    }
    words[at] = a;
    words[at + 1] = b;
    words[at + 2] = c;
    words[at + 3] = d;
    this.#size++;
    return true;
  }

  *all(): Generator<Buffer> {
    for (let at = 0; at < this.#words.length; at += 4) {
      if (this.#words[at + 3] === 0) continue;
      const fingerprint = Buffer.alloc(16);
      for (let word = 0; word < 4; word++) fingerprint.writeInt32LE(this.#words[at + word] ?? 0, word * 4);
      yield fingerprint;
    }
  }
}

class StoredTable {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;

  constructor(path: string) {
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    this.#database = new DatabaseSync(path);
    this.#database.exec(`
      PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -${CACHE};
      CREATE TABLE seen (name BLOB PRIMARY KEY) WITHOUT ROWID;
      BEGIN;
    `);
    this.#insert = this.#database.prepare('INSERT OR IGNORE INTO seen VALUES (?)');
  }

  add(fingerprint: Buffer): boolean {
    try {
      return this.#insert.run(fingerprint).changes === 1;
    } catch (error) {
      throw isFull(error) ? Object.assign(new Error('the disk is full', { cause: error }), { code: 'ENOSPC' }) : error;
    }
  }

  close(): void {
    this.#database.close();
  }
}

/** SQLite's own code for a full disk is 13. */
function isFull(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 13;
}
