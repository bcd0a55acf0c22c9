// The checks that run before the tests, by name: each is one or more commands of the tools in node_modules, run side by
// side. `node scripts/checks.mjs NAME…` runs some of them (all, without a name) and ends with 1 if any failed.
import { fileURLToPath } from 'node:url';

import { runChild } from './children.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A command is a package's entry script, seen from node_modules, and its arguments. */
const checks = {
  'type-check': [
    // The kernel alone, without Node's types; every package as published; everything, with the tests.
    ['typescript/bin/tsc', '-p', 'packages/cotask', '--noEmit'],
    ['typescript/bin/tsc', '-p', 'tsconfig.sources.json'],
    ['typescript/bin/tsc', '-p', 'tsconfig.test.json'],
  ],
  lint: [['oxlint/bin/oxlint', '--type-aware', '--deny-warnings']],
  format: [['oxfmt/bin/oxfmt', '--check', '--no-error-on-unmatched-pattern']],
  packages: [['../scripts/packages.mjs']],
};

export const checkNames = Object.keys(checks);

const runCommand = ([script, ...args]) =>
  runChild(process.execPath, [fileURLToPath(new URL(`../node_modules/${script}`, import.meta.url)), ...args], {
    cwd: root,
  });

/** Runs one check and prints a line about it, and what it found; returns whether it passed. */
const runCheck = async (name) => {
  const began = performance.now();
  const results = await Promise.all(checks[name].map(runCommand));
  const failures = results.filter(({ code }) => code !== 0);
  const findings = new Set(failures.flatMap(({ output }) => output.trimEnd().split('\n')));
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${name}: ${failures.length === 0 ? 'passed' : 'FAILED'} (${seconds} s)`);
  for (const line of findings) console.log(`  ${line}`);
  return failures.length === 0;
};

/** Runs the checks one after the other and returns the names of those that failed. */
export const runChecks = async (names) => {
  const failed = [];
  for (const name of names) {
    if (!(await runCheck(name))) failed.push(name);
  }
  return failed;
};

if (import.meta.main) {
  const names = process.argv.length > 2 ? process.argv.slice(2) : checkNames;
  const unknown = names.filter((name) => !checkNames.includes(name));
  if (unknown.length > 0) {
    throw new Error(`There is no check ${unknown.join(', ')}; there are ${checkNames.join(', ')}.`);
  }
  process.exitCode = (await runChecks(names)).length > 0 ? 1 : 0;
}
