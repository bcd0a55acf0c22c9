/**
 * Which names this run has given away already: what tells a repeat in the list from a file of an earlier run, exactly,
 * in memory that does not grow with the list. The first names are held in a set; when there are too many, a table on
 * disk takes over, beside the part files. It holds 128 bits of each name's hash, is never synced and dies with the run.
 *
 * A short list, the common case, never opens the table, and `node:sqlite` is not loaded for it.
 */

import { hash } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Names held in memory before the table takes over: about 3 MB. */
const HELD = 20_000;

/** Pages of the table held in memory, in KiB. */
const CACHE = 8 * 1024;

/** The names given away in one run. */
export class SeenNames {
  readonly #path: string;
  readonly #held: Set<string> = new Set();
  readonly #room: number;
  #table: SeenTable | null = null;

  /**
   * @param path Where the table is made, if it is needed.
   * @param room How many names are held in memory before that.
   */
  constructor(path: string, room: number = HELD) {
    this.#path = path;
    this.#room = room;
  }

  /** Adds a name; false if it was there. Throws what the table throws when the disk is full. */
  add(name: string): boolean {
    if (this.#table !== null) return this.#table.add(name);
    if (this.#held.has(name)) return false;
    this.#held.add(name);
    if (this.#held.size >= this.#room) this.#spill();
    return true;
  }

  /** Removes nothing from disk: the table's folder goes as a whole. */
  close(): void {
    this.#table?.close();
    this.#table = null;
    this.#held.clear();
  }

  #spill(): void {
    const table = new SeenTable(this.#path);
    for (const name of this.#held) table.add(name);
    this.#held.clear();
    this.#table = table;
  }
}

class SeenTable {
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

  add(name: string): boolean {
    const fingerprint = hash('sha256', name, 'buffer').subarray(0, 16);
    return this.#insert.run(fingerprint).changes === 1;
  }

  close(): void {
    this.#database.close();
  }
}
