// The program behind `cotask`: it runs when it is imported (bin/cotask.mjs does).

import { runCommand } from './run-command.ts';

process.exitCode = await runCommand(process.argv.slice(2));
