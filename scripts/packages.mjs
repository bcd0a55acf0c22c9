// `npm run packages`: builds every package and looks at each as its users will get it: that its exports lead somewhere, that
// its types resolve, what is in the tarball, and how large the kernel is in a bundle.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const readManifest = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

const published = readdirSync(join(root, 'packages'))
  .map((name) => join(root, 'packages', name))
  .filter((folder) => readManifest(folder).private !== true);

const runTool = (tool, ...args) => {
  const script = join(root, 'node_modules', tool);
  return spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' }).status === 0;
};

const bundledSize = async (entry) => {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
  });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
};

const looksRight = (folder) => {
  const { name, exports } = readManifest(folder);
  console.log(`\n${name}`);
  const hasProgramInterface = Object.keys(exports).some((door) => door !== './package.json');
  return (
    runTool('publint/src/cli.js', folder, '--strict') &&
    (!hasProgramInterface || runTool('@arethetypeswrong/cli/dist/index.js', '--pack', folder, '--profile', 'esm-only'))
  );
};

const built = runTool('typescript/bin/tsc', '-b');
const wrong = built ? published.filter((folder) => !looksRight(folder)) : published;
if (built)
  console.log(`\ncotask in a bundle: ${await bundledSize(join(root, 'packages/cotask/dist/index.js'))} bytes gzip`);
if (wrong.length > 0) process.exitCode = 1;
