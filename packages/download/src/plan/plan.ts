// A URL gets its file: a name, the mark of a repeat, and the answer to whether an earlier run has left it there.

import type { ExistingFiles, ListedUrl, PlannedFile } from '../types.ts';
import { fileNameOf, repeatFileName } from './file-name.ts';

/** What planning needs to know; handed in by the pipeline. */
export interface PlanTools {
  readonly existing: ExistingFiles;
  /** Notes a name; false if this run has given it away before. */
  note(name: string): boolean;
  /** True if a file of this name is there from an earlier run. */
  has(file: string): boolean;
}

/** What becomes of a line with a URL. */
export interface Plan {
  readonly entry: PlannedFile;
  readonly verdict: 'fetch' | 'skip' | 'refuse';
}

/**
 * Plans a line. Lines must come in the order of the list: the first line of a URL has its plain name, and every later
 * one has the number of its line in it.
 */
export function plan(listed: ListedUrl, tools: PlanTools): Plan {
  const name = fileNameOf(listed.identity);
  const repeat = !tools.note(name);
  const file = repeat ? repeatFileName(name, listed.line) : name;
  const { line, offset, href, host, authorization, identity } = listed;
  const entry: PlannedFile = { line, offset, href, host, authorization, identity, file, repeat };
  if (tools.existing === 'overwrite' || !tools.has(file)) return { entry, verdict: 'fetch' };
  return { entry, verdict: tools.existing === 'skip' ? 'skip' : 'refuse' };
}
