/** What of the machine's own programs is there; what is missing is left out by name. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where a program is, or null. */
export function findProgram(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

/** Debian's own Python, which knows the packages of Debian; else the one on the path; else null. */
export function findPython(): string | null {
  return isExecutable('/usr/bin/python3') ? '/usr/bin/python3' : findProgram('python3');
}

/** Whether this Python can import all these modules. */
export function pythonHas(python: string, modules: readonly string[]): boolean {
  return spawnSync(python, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore' }).status === 0;
}

/** Whether a package that only benches compare with is installed in bench/peers. */
export function peerIsInstalled(name: string): boolean {
  return existsSync(new URL(`../peers/node_modules/${name}/package.json`, import.meta.url));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
