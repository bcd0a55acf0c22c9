// `npm test`: the type-check, the linter, the format, the packages as published, the quick tests on every other host that is
// there, then every test, in this order and whatever the earlier ones said; the closing line counts all of them. Arguments go
// to the test runner: `npm test -- packages/cotask/src/sync`; then packages and hosts are left out.
//
// The runner's own program goes on in this very process: one Ctrl-C is one signal, and its exit code is the script's.
import { checkNames, runChecks } from './checks.mjs';
import { runEverywhere } from './everywhere.mjs';
import { hosts } from './everywhere/hosts.mjs';

const isWhole = process.argv.length === 2;

const failed = await runChecks(isWhole ? checkNames : checkNames.filter((name) => name !== 'packages'));
process.env.COTASK_FAILED_CHECKS = failed.join(',');
if (isWhole) {
  const others = hosts.filter(({ program }) => program !== process.execPath);
  const results = await runEverywhere(others, { quick: true });
  process.env.COTASK_ELSEWHERE = JSON.stringify({
    passed: results.reduce((sum, { passed }) => sum + passed, 0),
    failed: results.flatMap(({ name, failures }) => failures.map((failure) => `${name}: ${failure}`)),
  });
}
process.argv.splice(2, 0, 'run');
await import('../node_modules/vitest/vitest.mjs');
