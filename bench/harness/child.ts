/** Runs one contestant as a process of its own and reads what it reports. */
import { spawn } from 'node:child_process';
import { whenEnded } from './ending.ts';

/** Flags under which this project's own programs run, the benches' processes among them. */
export const nodeFlags: readonly string[] = ['--expose-gc', '--conditions=cotask-source'];

/** A process that did not do its work. */
export class ChildError extends Error {}

/**
 * Runs a program to its end and returns the JSON value in the last line of its output.
 * @throws {ChildError} when it ends otherwise than with 0.
 */
export async function runJson(command: string, args: readonly string[]): Promise<unknown> {
  const { code, output } = await runToEnd(command, args);
  if (code !== 0) throw new ChildError(`${[command, ...args].join(' ')} ended with ${code}:\n${output}`);
  return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '');
}

function runToEnd(command: string, args: readonly string[]): Promise<{ code: number | string; output: string }> {
  return new Promise((ended, failed) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const forget = whenEnded(() => void child.kill());
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    child.once('error', failed);
    child.once('close', (code, signal) => {
      forget();
      const text = Buffer.concat(code === 0 ? output : [...output, ...errors]).toString();
      ended({ code: code ?? signal ?? 'nothing', output: text });
    });
  });
}
