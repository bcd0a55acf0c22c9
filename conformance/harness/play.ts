/** Plays a program in one gear and gives its transcript. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { loadProgram } from './catalogue.ts';
import type { Gear } from './catalogue.ts';
import { Stage } from './stage.ts';

/** Plays the program of a file; one that asks for a process of its own gets one. */
export async function play(file: URL, gear: Gear): Promise<string[]> {
  const program = await loadProgram(file);
  if (program.ownProcess === true) return playInProcess(file, gear);
  const lines: string[] = [];
  await program[gear](new Stage((line) => void lines.push(line)));
  return lines;
}

/** What the process writes; a line tells how it ended unless it ended well. */
function playInProcess(file: URL, gear: Gear): Promise<string[]> {
  const script = fileURLToPath(new URL('play-alone.ts', import.meta.url));
  const args = ['--expose-gc', '--conditions=cotask-source', script, file.href, gear];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { timeout: 20_000 }, (_, output, errors) => {
      const end = child.exitCode === 0 ? [] : [`exit ${child.exitCode ?? child.signalCode}`, ...errors.split('\n')];
      resolve([...output.trimEnd().split('\n'), ...end]);
    });
  });
}
