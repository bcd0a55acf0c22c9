import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where Debian keeps servers, which is not on everybody's `PATH`. */
const serverFolders = ['/usr/sbin', '/usr/local/sbin'];

/**
 * The path of an installed program; null, with a line on stderr that names what is not tried, where there is none.
 * `debianPackage` is what to install.
 */
export function findProgram(name: string, debianPackage: string = name): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...serverFolders];
  const found = folders.map((folder) => join(folder, name)).find(isProgram);
  return found ?? skipped(name, debianPackage);
}

/** The path of a Python that has the library; null, with a line on stderr, where there is none. */
export function findPythonWith(library: string): string | null {
  const pythons = ['/usr/bin/python3', 'python3'];
  const found = pythons.find((name) => spawnSync(name, ['-c', `import ${library}`], { stdio: 'ignore' }).status === 0);
  return found ?? skipped(`Python with ${library}`, `python3-${library}`);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function skipped(name: string, debianPackage: string): null {
  process.stderr.write(`SKIPPED: no ${name} here, and nothing is tried with it (apt-get install ${debianPackage})\n`);
  return null;
}
