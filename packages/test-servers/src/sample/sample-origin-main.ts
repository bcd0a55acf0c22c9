// The sample origin as a process of its own:
//
//   node sample-origin-main.ts --port 0 --files 1000 --seed 1 [--calm]
//
// Prints one line of JSON, its `url` or the `error` that kept it from starting, then serves until its standard input
// ends. So it ends with the process that started it, however that one ends, and it outlives a Ctrl-C, which a terminal
// sends to both: a downloader that still drains needs its origin.

import { parseArgs } from 'node:util';
import { startSampleOrigin } from './start-sample-origin.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    files: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    calm: { type: 'boolean', default: false },
  },
});

function say(line: Readonly<Record<string, string | number>>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

try {
  const origin = await startSampleOrigin({
    port: Number(values.port),
    files: Number(values.files),
    seed: Number(values.seed),
    calm: values.calm,
  });
  if (!process.stdin.isTTY) process.on('SIGINT', () => {});
  process.on('SIGTERM', () => process.stdin.destroy());
  process.stdin.resume().once('close', () => void origin.close());
  say({ url: origin.url, files: origin.files, seed: origin.seed });
} catch (error) {
  say({ error: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}
