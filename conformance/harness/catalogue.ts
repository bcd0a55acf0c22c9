/** What there is: the list of programs, their translations, the transcripts, and where we print something else. */
import { readFileSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';

import type { ProgramFile } from './stage.ts';

/** The two gears, by the names under which a program's file exports its translations. */
export const gears = ['generator', 'async'] as const;
export type Gear = (typeof gears)[number];

/** A program of the list. */
export interface Entry {
  readonly id: string;
  /** What its transcript pins. */
  readonly pins: string;
}

/** A row of deviations.md. */
export interface Deviation {
  readonly id: string;
  /** The gear that prints something else, or both. */
  readonly gear: Gear | 'both';
  /** Letters of the design's deviations; `ticks` where the async gear prints other numbers only. */
  readonly letters: readonly string[];
  readonly reason: string;
}

const home = new URL('../', import.meta.url);

/** Every program, in order. */
export function listPrograms(): Entry[] {
  const list: Entry[] = JSON.parse(readFileSync(new URL('manifest.json', home), 'utf8'));
  return list;
}

/** The files of the translations by the name of the program. */
export function listTranslations(): Map<string, URL> {
  const folder = new URL('programs/', home);
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = paths.filter((path) => path.endsWith('.ts')).sort();
  return new Map(files.map((path) => [basename(path, '.ts'), new URL(path, folder)]));
}

/** Loads a program's translations. */
export async function loadProgram(file: URL): Promise<ProgramFile> {
  const program: ProgramFile = await import(file.href);
  return program;
}

/** The rows of the table under a heading of deviations.md, cell by cell. */
function rowsUnder(heading: string): string[][] {
  const text = readFileSync(new URL('deviations.md', home), 'utf8');
  const sections = text.split(/^## /m).filter((part) => part.startsWith(heading));
  const rows = sections.flatMap((section) => section.split('\n').filter((line) => /^\| \d/.test(line)));
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** Where we print something else, and why. */
export function listDeviations(): Deviation[] {
  return rowsUnder('What prints something else').map(([id = '', gear = '', letters = '', reason = '']) => ({
    id,
    gear: gear === 'generator' || gear === 'async' ? gear : 'both',
    letters: letters.split(', '),
    reason,
  }));
}

/** The programs that wait for another package. */
export function listWaiting(): string[] {
  return rowsUnder('What waits').map(([id = '']) => id);
}

/** The names of the transcripts, without the ending. */
export function listTranscripts(): Set<string> {
  return new Set(readdirSync(new URL('transcripts/', home)).map((name) => basename(name, '.out')));
}

/** The lines of a transcript. */
export function readTranscript(name: string): string[] {
  return readFileSync(new URL(`transcripts/${name}.out`, home), 'utf8')
    .trimEnd()
    .split('\n');
}

/** The transcript that a gear is held to: its own, ours, else CPython's. */
export function transcriptOf(id: string, gear: Gear, names: ReadonlySet<string>): string {
  return [`${id}.${gear}`, `${id}.cotask`].find((name) => names.has(name)) ?? id;
}
