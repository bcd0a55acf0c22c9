/** The options that every bench takes. */
import { parseArgs } from 'node:util';

/** What the command line asked for. */
export interface BenchOptions {
  /** How often everything is run. */
  readonly repetitions: number;
  /** True for sizes so small that the figures mean nothing: a test that the bench runs. */
  readonly tiny: boolean;
  /** Tells whether a scenario or contestant takes part. */
  takesPart(name: string): boolean;
}

/** Reads `--repetitions N`, `--only NAME,NAME` and `--tiny`; ends the process with 2 when it cannot. */
export function readOptions(defaultRepetitions: number): BenchOptions {
  try {
    return parse(defaultRepetitions);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    console.error('Options: --repetitions N, --only NAME,NAME (contestants), --tiny (sizes of a trial run)');
    process.exit(2);
  }
}

function parse(defaultRepetitions: number): BenchOptions {
  const { values } = parseArgs({
    options: { repetitions: { type: 'string' }, only: { type: 'string' }, tiny: { type: 'boolean', default: false } },
  });
  const tiny = values.tiny;
  const repetitions = Number(values.repetitions ?? (tiny ? 1 : defaultRepetitions));
  if (!Number.isInteger(repetitions) || repetitions < 1) throw new Error('--repetitions takes a whole number from 1');
  const only = values.only?.split(',');
  return { repetitions, tiny, takesPart: (name) => only === undefined || only.includes(name) };
}
