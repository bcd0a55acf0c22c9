/** The options that every bench takes. */
import { parseArgs } from 'node:util';

/** What the command line asked for. */
export interface BenchOptions {
  /** How often everything is run. */
  readonly repetitions: number;
  /** True for sizes so small that the figures mean nothing: a test that the bench runs. */
  readonly tiny: boolean;
  /** True for one repetition with both gears and asyncio, or whom the bench names: while one changes something. */
  readonly quick: boolean;
  /** The contestants that take part; ends the process with 2 when one was asked for that is not there. */
  select<T extends { readonly name: string }>(contestants: readonly T[]): T[];
}

const quickNames: readonly string[] = ['generator gear', 'async gear', 'asyncio'];

/**
 * Reads `--repetitions N`, `--only NAME,NAME`, `--quick` and `--tiny`; ends the process with 2 when it cannot. `quick` are
 * the contestants of `--quick`.
 */
export function readOptions(defaultRepetitions: number, quick: readonly string[] = quickNames): BenchOptions {
  try {
    return parse(defaultRepetitions, quick);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

const flag = { type: 'boolean', default: false } as const;

function parse(defaultRepetitions: number, quickly: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    options: { repetitions: { type: 'string' }, only: { type: 'string' }, tiny: flag, quick: flag },
  });
  const { tiny, quick } = values;
  const repetitions = Number(values.repetitions ?? (tiny || quick ? 1 : defaultRepetitions));
  if (!Number.isInteger(repetitions) || repetitions < 1) throw new Error('--repetitions takes a whole number from 1');
  const only = values.only?.split(',');
  return { repetitions, tiny, quick, select: (contestants) => selectFrom(contestants, only, quick ? quickly : null) };
}

function selectFrom<T extends { readonly name: string }>(
  contestants: readonly T[],
  only: readonly string[] | undefined,
  quickly: readonly string[] | null,
): T[] {
  const names = contestants.map(({ name }) => name);
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined) refuse(`--only: there is no contestant "${unknown}", but: ${names.join(', ')}`);
  const wanted = only ?? quickly ?? names;
  return contestants.filter(({ name }) => wanted.includes(name));
}

function refuse(why: string): never {
  console.error(why);
  console.error(
    'Options: --repetitions N, --only NAME,NAME (contestants), --quick (once, against one other only), --tiny (sizes of a trial run)',
  );
  process.exit(2);
}
