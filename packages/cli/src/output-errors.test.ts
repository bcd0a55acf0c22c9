import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

const bin = fileURLToPath(new URL('../bin/cotask.mjs', import.meta.url));

test.skipIf(!existsSync('/dev/full'))(
  'output that goes to a full disk is named, without a stack, and fails the command',
  () => {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [bin, '--help'], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^cotask: the output cannot be written: ENOSPC[^\n]*\n {2}Is the disk full/);
    expect(stderr).not.toMatch(/\n\s+at /);
  },
);
