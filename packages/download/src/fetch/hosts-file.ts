// The names that the machine's hosts file knows: for them the system is asked, not the name servers.

import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** A hosts file that blocks advertisers has a few megabytes; more than this is not read. */
const MOST_BYTES = 8 * 1024 * 1024;

/** Where the hosts file stands on this platform. */
function hostsFilePath(): string {
  if (process.platform !== 'win32') return '/etc/hosts';
  return join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'drivers', 'etc', 'hosts');
}

/** The names in a hosts file, in lower case; none where it cannot be read. */
export async function readHostsFile(path: string = hostsFilePath()): Promise<ReadonlySet<string>> {
  try {
    const handle = await open(path, 'r');
    try {
      const size = Math.min(MOST_BYTES, (await handle.stat()).size);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(size), 0, size, 0);
      return namesIn(buffer.toString('latin1', 0, bytesRead));
    } finally {
      await handle.close();
    }
  } catch {
    return new Set();
  }
}

function namesIn(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const line of text.split('\n')) {
    const [, ...found] = line.replace(/#.*/, '').trim().split(/\s+/);
    for (const name of found) names.add(name.toLowerCase());
  }
  return names;
}
