// `npm run bench -- NAME [arguments]` runs bench/NAME.ts. What the benches compare cotask with is no part of the ordinary
// set-up: it has a lockfile of its own in bench/peers and is installed by the first bench that runs.
//
// The bench goes on in this very process, so arguments, signals and its exit code are plain.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = new URL('../bench/', import.meta.url);
const name = process.argv[2];

const benchNames = () =>
  globSync('*.ts', { cwd: fileURLToPath(folder), exclude: ['*.test.ts'] })
    .map((file) => basename(file, '.ts'))
    .sort();

const installPeers = () => {
  const setup = fileURLToPath(new URL('setup.mjs', import.meta.url));
  return spawnSync(process.execPath, [setup, 'bench/peers'], { stdio: 'inherit' }).status === 0;
};

if (name === undefined || !benchNames().includes(name)) {
  if (name !== undefined) console.error(`There is no bench ${name}.`);
  console.error(`Usage: npm run bench -- NAME; the names are: ${benchNames().join(', ')}.`);
  process.exitCode = 2;
} else if (!installPeers()) {
  process.exitCode = 1;
} else {
  const program = new URL(`${name}.ts`, folder);
  process.argv.splice(1, 2, fileURLToPath(program));
  await import(program.href);
}
