// `npm run soak`: the tests whose random programs `npm test` takes a small, seeded sample of, at their full size and with a
// new seed each time. Prints each sample's size, seed and time; exits 1 when one of them finds something.
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';

/** What runs at full size, and the variables that say so. */
const soaks = [
  {
    name: 'invariants of random programs',
    path: 'packages/cotask/src/probes/invariants',
    set: { COTASK_PROGRAMS: 10_000, COTASK_PROGRAMS_SEED: randomInt(1e9) },
  },
  {
    name: 'random programs against CPython',
    path: 'packages/cotask/src/probes/differential',
    set: { COTASK_DIFFERENTIAL_PROGRAMS: 5_000, COTASK_DIFFERENTIAL_SEED: randomInt(1e9) },
  },
  {
    name: 'random cancels',
    path: 'packages/cotask/src/probes/random-cancel.test.ts',
    set: { COTASK_RANDOM_CANCEL_SEED: randomInt(1e9) },
  },
  {
    name: 'HTTP requests ended at random moments',
    path: 'packages/http/src/probes/random-ends.test.ts',
    set: { COTASK_HTTP_REQUESTS: 10_000, COTASK_HTTP_SEED: randomInt(1e9) },
  },
  {
    name: 'a million HTTP requests in one session',
    path: 'packages/http/src/probes/long-use.test.ts',
    set: { COTASK_HTTP_LONG_REQUESTS: 1_000_000, COTASK_HTTP_LONG_SEED: randomInt(1e9) },
  },
  {
    name: 'calls in threads cancelled at random moments',
    path: 'packages/node/src/threads/random-cancels.test.ts',
    set: { COTASK_THREAD_PROGRAMS: 300, COTASK_THREAD_SEED: randomInt(1e9) },
  },
];

/** Runs one, with its output as it comes; the exit code. */
function run({ path, set }) {
  const env = {
    ...process.env,
    ...Object.fromEntries(Object.entries(set).map(([key, value]) => [key, String(value)])),
  };
  const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', path], { env, stdio: 'inherit' });
  return new Promise((resolve) => child.once('exit', resolve));
}

const asked = process.argv.slice(2);
const chosen = soaks.filter(({ path }) => asked.length === 0 || asked.some((part) => path.includes(part)));
if (chosen.length === 0) {
  console.error(`nothing is called ${asked.join(' ')}; there are ${soaks.map(({ path }) => path).join(', ')}`);
  process.exitCode = 2;
}
for (const soak of chosen) {
  const began = Date.now();
  const code = await run(soak);
  const words = Object.entries(soak.set).map(([key, value]) => `${key}=${value}`);
  console.log(
    `${soak.name}: ${code === 0 ? 'nothing found' : 'FAILED'}, ${words.join(' ')}, ${Date.now() - began} ms\n`,
  );
  if (code !== 0) process.exitCode = 1;
}
