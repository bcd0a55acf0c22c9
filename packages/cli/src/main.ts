// The program behind `cotask`: it runs when it is imported (bin/cotask.mjs does). Compiled code is kept between calls,
// which halves the time until the first request; so everything else is imported after that was asked for.

import { enableCompileCache } from 'node:module';

enableCompileCache();
const { runCommand } = await import('./run-command.ts');
process.exitCode = await runCommand(process.argv.slice(2));
