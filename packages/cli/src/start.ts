// What `npm start` runs: without arguments the sample, with arguments `cotask download` with them.

import { runCommand } from './run-command.ts';
import { downloadSample } from './start/download-sample.ts';

const words = process.argv.slice(2);
process.exitCode = words.length === 0 ? await downloadSample() : await runCommand(['download', ...words]);
