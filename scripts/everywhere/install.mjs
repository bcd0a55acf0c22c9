// `node scripts/everywhere/install.mjs [HOST…]`: installs the hosts that are missing into `.hosts/`, once; a new version gets
// a folder of its own. It goes through npm like any dependency, with the user's own configuration.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';

import { hosts, packageOf } from './hosts.mjs';

/** Installs beside the place and moves the whole there, so that half an installation is never taken for a whole one. */
const install = ({ spec, folder }) => {
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  writeFileSync(`${draft}/package.json`, '{ "private": true }\n');
  const flags = ['--ignore-scripts', '--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync('npm', ['install', ...flags, spec], { cwd: draft, stdio: ['ignore', 2, 2] });
  if (status === 0 && !existsSync(folder)) renameSync(draft, folder);
  rmSync(draft, { recursive: true, force: true });
  return status === 0;
};

/** Installs those of `wanted` that are missing; says what it does, and what could not be had. */
export function installHosts(wanted) {
  for (const host of wanted) {
    const own = packageOf(host);
    if (own === null || existsSync(own.program)) continue;
    console.error(`Installing ${own.spec}, once …`);
    if (!install(own)) console.error(`${host.name}: could not be installed; what npm said stands above.`);
  }
}

if (import.meta.main) {
  const names = process.argv.slice(2);
  installHosts(names.length === 0 ? hosts : hosts.filter(({ name }) => names.includes(name)));
}
