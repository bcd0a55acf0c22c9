/** The options that every bench takes. */
import { parseArgs } from 'node:util';

/** What the command line asked for. */
export interface BenchOptions {
  /** How often everything is run. */
  readonly repetitions: number;
  /** True for sizes so small that the figures mean nothing: a test that the bench runs. */
  readonly tiny: boolean;
  /** The contestants that take part; ends the process with 2 when one was asked for that is not there. */
  select<T extends { readonly name: string }>(contestants: readonly T[]): T[];
}

/** Reads `--repetitions N`, `--only NAME,NAME` and `--tiny`; ends the process with 2 when it cannot. */
export function readOptions(defaultRepetitions: number): BenchOptions {
  try {
    return parse(defaultRepetitions);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function parse(defaultRepetitions: number): BenchOptions {
  const { values } = parseArgs({
    options: { repetitions: { type: 'string' }, only: { type: 'string' }, tiny: { type: 'boolean', default: false } },
  });
  const { tiny } = values;
  const repetitions = Number(values.repetitions ?? (tiny ? 1 : defaultRepetitions));
  if (!Number.isInteger(repetitions) || repetitions < 1) throw new Error('--repetitions takes a whole number from 1');
  const only = values.only?.split(',');
  return { repetitions, tiny, select: (contestants) => selectFrom(contestants, only) };
}

function selectFrom<T extends { readonly name: string }>(contestants: readonly T[], only: string[] | undefined): T[] {
  if (only === undefined) return [...contestants];
  const names = contestants.map(({ name }) => name);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) refuse(`--only: there is no contestant "${unknown}", but: ${names.join(', ')}`);
  return contestants.filter(({ name }) => only.includes(name));
}

function refuse(why: string): never {
  console.error(why);
  console.error('Options: --repetitions N, --only NAME,NAME (contestants), --tiny (sizes of a trial run)');
  process.exit(2);
}
