// `npm run packages`: builds every package and looks at each as its users will get it: that its exports lead somewhere, that
// its types resolve, what is in the tarball, and how large the kernel is in a bundle (bundle-size.mjs).
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { checkBundleSize } from './bundle-size.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const readManifest = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

const published = readdirSync(join(root, 'packages'))
  .map((name) => join(root, 'packages', name))
  .filter((folder) => readManifest(folder).private !== true);

/** Runs a tool and says what it found only if something is wrong. */
const passes = (tool, ...args) => {
  const script = join(root, 'node_modules', tool);
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { cwd: root, encoding: 'utf8' });
  if (status !== 0) console.log(stdout + stderr);
  return status === 0;
};

const looksRight = (folder) => {
  const { name, exports } = readManifest(folder);
  const hasProgramInterface = Object.keys(exports).some((door) => door !== './package.json');
  const right =
    passes('publint/src/cli.js', folder, '--strict') &&
    (!hasProgramInterface || passes('@arethetypeswrong/cli/dist/index.js', '--pack', folder, '--profile', 'esm-only'));
  console.log(`${name}: ${right ? 'packs as it should' : 'WRONG'}`);
  return right;
};

for (const folder of published) rmSync(join(folder, 'dist'), { recursive: true, force: true });

if (!passes('typescript/bin/tsc', '-b', 'tsconfig.build.json')) {
  process.exitCode = 1;
} else {
  const wrong = published.filter((folder) => !looksRight(folder));
  if (!(await checkBundleSize()) || wrong.length > 0) process.exitCode = 1;
}
