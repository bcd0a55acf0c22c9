/** What a program of any language takes: wall time, processor time, peak memory. */
import { fileURLToPath } from 'node:url';
import { ChildError, runJson } from './child.ts';

export interface Measured {
  readonly wallMs: number;
  /** Processor time, in the program and in the kernel on its behalf. */
  readonly cpuMs: number;
  /** The most memory that it has held. */
  readonly peakBytes: number;
}

const measurer = fileURLToPath(new URL('./measure_main.py', import.meta.url));

/**
 * Runs a command to its end.
 * @throws {ChildError} when it ends otherwise than with 0.
 */
export async function measure(python: string, command: readonly string[]): Promise<Measured> {
  const report = await runJson(python, [measurer, ...command]);
  if (!isMeasured(report)) throw new ChildError(`the measurement reported ${JSON.stringify(report)}`);
  if (report.code !== 0) throw new ChildError(`${command.join(' ')} ended with ${report.code}`);
  return report;
}

function isMeasured(value: unknown): value is Measured & { readonly code: number } {
  return typeof value === 'object' && value !== null && 'wallMs' in value && 'cpuMs' in value && 'code' in value;
}
