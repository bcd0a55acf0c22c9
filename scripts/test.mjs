// `npm test`: the type-check, the linter, the format, then every test, in this order and whatever the earlier ones said;
// the closing line counts all of them. Arguments go to the test runner: `npm test -- packages/cotask/src/sync`.
//
// The runner's own program goes on in this very process: one Ctrl-C is one signal, and its exit code is the script's.
import { checkNames, runChecks } from './checks.mjs';

const failed = await runChecks(checkNames);
process.env.COTASK_FAILED_CHECKS = failed.join(',');
process.argv.splice(2, 0, 'run');
await import('../node_modules/vitest/vitest.mjs');
