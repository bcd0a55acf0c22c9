// `npm run bench -- NAME… [options]` runs bench/NAME.ts, one after the other. What the benches compare cotask with is no
// part of the ordinary set-up: it has a lockfile of its own in bench/peers and is installed by the first bench that runs.
//
// The benches go on in this very process, so options, signals and its exit code are plain.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = new URL('../bench/', import.meta.url);
const given = process.argv.slice(2);
const firstOption = given.findIndex((argument) => argument.startsWith('-'));
const names = firstOption === -1 ? given : given.slice(0, firstOption);
const options = given.slice(names.length);

const benchNames = globSync('*.ts', { cwd: fileURLToPath(folder), exclude: ['*.test.ts'] })
  .map((file) => basename(file, '.ts'))
  .sort();

const installPeers = () => {
  const setup = fileURLToPath(new URL('setup.mjs', import.meta.url));
  return spawnSync(process.execPath, [setup, 'bench/peers'], { stdio: 'inherit' }).status === 0;
};

const unknown = names.filter((name) => !benchNames.includes(name));
if (names.length === 0 || unknown.length > 0) {
  for (const name of unknown) console.error(`There is no bench ${name}.`);
  console.error(`Usage: npm run bench -- NAME… [options]; the names are: ${benchNames.join(', ')}.`);
  process.exitCode = 2;
} else if (!installPeers()) {
  process.exitCode = 1;
} else {
  for (const name of names) {
    const program = new URL(`${name}.ts`, folder);
    process.argv = [process.execPath, fileURLToPath(program), ...options];
    await import(program.href);
  }
}
