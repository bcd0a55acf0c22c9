// `npm run test:everywhere [-- HOST…]`: the kernel's tests on every host, installed first where that is possible. A line a
// host, what failed, and a table. Ends with 1 if a test failed, or a host is missing.
import { runChild } from './children.mjs';
import { hosts, programOf } from './everywhere/hosts.mjs';
import { installHosts } from './everywhere/install.mjs';
import { runHost } from './everywhere/run-host.mjs';

/** The version that a program says it has: what stands on the PATH may be another than the one in hosts.mjs. */
const versionOf = async (host) => {
  const { output } = await runChild(programOf(host), ['--version']);
  return /\d+(?:\.\d+)+/.exec(output)?.[0] ?? '?';
};

const tell = (name, version, result) => {
  const { passed, failures, left, seconds } = result;
  console.log(
    `${name} ${version}: ${passed} passed, ${failures.length} failed, ${left} left out (${seconds.toFixed(1)} s)`,
  );
  for (const failure of failures) console.log(`  ${failure}`);
};

/** Runs the tests on those of `wanted` that are there, one after the other; names each that is not. */
export async function runEverywhere(wanted, options) {
  const results = [];
  for (const host of wanted) {
    const result = await runHost(host, options);
    if (result === null) console.log(`${host.name}: SKIPPED, it is not here`);
    else {
      const version = await versionOf(host);
      tell(host.name, version, result);
      results.push({ name: host.name, version, ...result });
    }
  }
  return results;
}

const printTable = (wanted, results) => {
  const rows = wanted.map(({ name }) => {
    const found = results.find((each) => each.name === name);
    return found === undefined
      ? [name, '', 'missing', '', '', '']
      : [name, found.version, found.passed, found.failures.length, found.left, found.seconds.toFixed(1)];
  });
  const lines = [['host', 'version', 'passed', 'failed', 'left out', 'seconds'], ...rows];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => String(line[column]).length)));
  const show = (line) => line.map((cell, column) => String(cell).padEnd(widths[column])).join('  ');
  console.log(`\n${lines.map(show).join('\n')}`);
};

if (import.meta.main) {
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => !hosts.some((host) => host.name === name));
  if (unknown.length > 0)
    throw new Error(`There is no host ${unknown.join(', ')}; there are ${hosts.map(({ name }) => name).join(', ')}.`);
  const wanted = names.length === 0 ? hosts : hosts.filter(({ name }) => names.includes(name));
  installHosts(wanted);
  const results = await runEverywhere(wanted, { quick: false });
  printTable(wanted, results);
  const failed = results.reduce((sum, { failures }) => sum + failures.length, wanted.length - results.length);
  console.log(`\n${results.reduce((sum, { passed }) => sum + passed, 0)} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}
