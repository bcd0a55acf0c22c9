// The configuration with which the kernel's tests run on one host; run.mjs says which in the environment.
import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitest/config';

import base from '../../vitest.config.mjs';
import { root } from './hosts.mjs';
import { lacking } from './lacking.mjs';
import { quick } from './quick.mjs';

const { COTASK_HOST: host = '', COTASK_QUICK: isQuick, COTASK_CHROMIUM: chromium } = process.env;
const inBrowser = chromium !== undefined;
const entries = lacking.filter(({ hosts }) => hosts.includes(host));
const wholeFiles = entries.filter(({ test }) => test === undefined).map(({ file }) => file);
const tests = entries.filter(({ test }) => test !== undefined).map(({ test }) => test);
const literally = (text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

const beside = (file) => fileURLToPath(new URL(file, import.meta.url));
/** What a browser gets for the two modules of Node's that many tests import for one of their cases. */
const inPlaceOf = { 'node:async_hooks': beside('no-async-hooks.mjs'), 'node:events': beside('browser-emitter.mjs') };
const browserConditions = ['cotask-source', 'module', 'browser', 'development|production', 'default'];

const chromiumOf = async () => {
  const { playwright } = await import('@vitest/browser-playwright');
  // A container has no sandbox of its own to give; what runs here is our tests.
  const launchOptions = { executablePath: chromium, args: ['--no-sandbox', '--js-flags=--expose-gc'] };
  return {
    enabled: true,
    headless: true,
    screenshotFailures: false,
    provider: playwright({ launchOptions }),
    instances: [{ browser: 'chromium' }],
  };
};

export default defineConfig({
  ...base,
  root,
  ...(inBrowser ? { resolve: { conditions: browserConditions, alias: inPlaceOf } } : {}),
  test: {
    ...base.test,
    include: isQuick === undefined ? ['packages/cotask/src/**/*.test.ts'] : quick,
    exclude: wholeFiles,
    setupFiles: host === 'bun' ? ['./scripts/everywhere/bun-gc.mjs'] : [],
    reporters: ['default', './scripts/everywhere/host-reporter.mjs'],
    ...(tests.length === 0 ? {} : { testNamePattern: new RegExp(`^(?!${tests.map(literally).join('|')})`) }),
    ...(inBrowser ? { browser: await chromiumOf() } : {}),
  },
});
