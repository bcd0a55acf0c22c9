// Runs the kernel's tests, or the quick ones of them, on one host.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { runChild } from '../children.mjs';
import { programOf, root } from './hosts.mjs';
import { lacking } from './lacking.mjs';

const reports = join(root, '.hosts', 'reports');

/** The entries of lacking.mjs that fit nothing: a test was renamed, or its file is gone. */
const staleEntries = (host, skipped) =>
  lacking
    .filter(({ hosts }) => hosts.includes(host.name))
    .filter(({ file, test }) =>
      test === undefined
        ? !existsSync(join(root, file))
        : !skipped.some((each) => each.file === file && each.test.startsWith(test)),
    )
    .map(({ file, test }) => `lacking.mjs names what is not there: ${test ?? file}`);

const readReport = (file, log) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failures: [`the run ended without a report; what it printed: ${log}`], skipped: [] };
  }
};

/** Runs the tests on a host; null when the host is not there. */
export async function runHost(host, { quick }) {
  const program = programOf(host);
  if (program === null) return null;
  mkdirSync(reports, { recursive: true });
  const [report, log] = [join(reports, `${host.name}.json`), join(reports, `${host.name}.log`)];
  rmSync(report, { force: true });
  const env = {
    ...process.env,
    ...host.env,
    COTASK_HOST: host.name,
    COTASK_REPORT: report,
    ...(quick ? { COTASK_QUICK: '1' } : {}),
    ...(host.kind === 'chromium' ? { COTASK_CHROMIUM: program } : {}),
  };
  const began = performance.now();
  const args = [...host.start, 'run', '--config', 'scripts/everywhere/vitest.config.mjs', ...(host.flags ?? [])];
  const { code, output } = await runChild(host.kind === 'chromium' ? process.execPath : program, args, {
    cwd: root,
    env,
  });
  writeFileSync(log, output);
  const { passed, failures, skipped } = readReport(report, log);
  if (!quick) failures.push(...staleEntries(host, skipped));
  if (code !== 0 && failures.length === 0) failures.push(`the runner ended with ${code}; what it printed: ${log}`);
  if (passed === 0 && failures.length === 0) failures.push('no test was found');
  return { passed, failures, left: skipped.length, seconds: (performance.now() - began) / 1000 };
}
