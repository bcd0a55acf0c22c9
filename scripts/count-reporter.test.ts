import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const runner = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const reporter = join(root, 'scripts', 'count-reporter.mjs');

let folder: string;

beforeEach(() => {
  mkdirSync(join(root, '.doctest'), { recursive: true });
  folder = mkdtempSync(join(root, '.doctest', 'counted-'));
  writeFileSync(join(folder, 'vitest.config.mjs'), 'export default {};');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the tests in `files` under the reporter alone; returns the exit code and the lines it printed. */
const report = (
  files: Record<string, string>,
  failedChecks = '',
  elsewhere = '',
): { status: number | null; lines: string[] } => {
  for (const [name, body] of Object.entries(files)) {
    writeFileSync(join(folder, `${name}.test.ts`), `import { beforeAll, describe, test } from 'vitest';\n${body}`);
  }
  const env = { ...process.env, COTASK_FAILED_CHECKS: failedChecks, COTASK_ELSEWHERE: elsewhere };
  const args = [runner, 'run', '--reporter', reporter];
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' });
  return { status, lines: stdout.trim().split('\n') };
};

const pass = "test('passes', () => {});";

test('counts what passed', () => {
  expect(report({ a: pass, b: `${pass} test.skip('later', () => {});` })).toEqual({
    status: 0,
    lines: ['2 passed, 0 failed'],
  });
});

test('counts a file that does not load, a hook that fails and an error outside any test', () => {
  const { status, lines } = report({
    a: `${pass} test('fails', () => { throw new Error('no'); });`,
    b: "import './missing.ts'; test('never seen', () => {});",
    c: "test('leaves a rejection', () => { void Promise.reject(new Error('stray')); });",
    d: "describe('hooked', () => { beforeAll(() => { throw new Error('no'); }); test('is skipped', () => {}); });",
  });
  expect(status).toBe(1);
  expect(lines.toSorted()).toEqual([
    '2 passed, 4 failed',
    'an error outside any test: stray',
    'b.test.ts: the file itself failed',
    'hooked: the suite itself failed',
  ]);
  expect(lines.at(-1)).toBe('2 passed, 4 failed');
});

test('counts the checks before the tests, and fails with them', () => {
  expect(report({ a: pass }, 'lint')).toEqual({
    status: 1,
    lines: ['lint: failed before the tests began, see above', '1 passed, 1 failed'],
  });
});

test('counts the tests on other hosts', () => {
  const elsewhere = JSON.stringify({ passed: 7, failed: ['deno: a test: broken'] });
  expect(report({ a: pass }, '', elsewhere)).toEqual({
    status: 1,
    lines: ['deno: a test: broken', '8 passed, 1 failed'],
  });
});

test('fails when there is no test', () => {
  const { status, lines } = report({});
  expect(status).toBe(1);
  expect(lines.at(-1)).toBe('0 passed, 1 failed');
});
