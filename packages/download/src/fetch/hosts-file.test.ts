import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readHostsFile } from './hosts-file.ts';

test('readHostsFile gives the names, in lower case, without addresses and comments', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hosts-'));
  writeFileSync(
    join(folder, 'hosts'),
    '# local\n127.0.0.1\tlocalhost\n::1 ip6-localhost  IP6-Loopback # not.this\n\n10.0.0.1 build.corp build\r\n',
  );
  const names = await readHostsFile(join(folder, 'hosts'));
  expect([...names].toSorted()).toEqual(['build', 'build.corp', 'ip6-localhost', 'ip6-loopback', 'localhost']);
  expect((await readHostsFile(join(folder, 'none'))).size).toBe(0);
  rmSync(folder, { recursive: true });
});
