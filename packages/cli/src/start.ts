// What `npm start` runs: without arguments the sample, with arguments `cotask download` with them. As in main.ts,
// compiled code is kept between calls.

import { enableCompileCache } from 'node:module';

enableCompileCache();
const words = process.argv.slice(2);
process.exitCode = words.length === 0 ? await startSample() : await startCommand(['download', ...words]);

async function startSample(): Promise<number> {
  const { downloadSample } = await import('./start/download-sample.ts');
  return await downloadSample();
}

async function startCommand(command: string[]): Promise<number> {
  const { runCommand } = await import('./run-command.ts');
  return await runCommand(command);
}
