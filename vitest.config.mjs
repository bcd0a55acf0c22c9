import { defineConfig } from 'vitest/config';

const sourceCondition = 'cotask-source';
const conditions = [sourceCondition, 'module', 'node', 'development|production', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{packages/*/src,examples,bench,conformance,docs,scripts}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'bench/peers/**'],
    reporters: ['default', './scripts/count-reporter.mjs'],
    // A process a file: tests send themselves signals, change the working folder and listen for stray rejections.
    pool: 'forks',
    maxWorkers: '100%',
    execArgv: ['--expose-gc', `--conditions=${sourceCondition}`],
    // Programs that tests start run the sources too.
    env: { NODE_OPTIONS: `--conditions=${sourceCondition}` },
    // Real sockets and processes on a busy machine; what waits for time does so on virtual time.
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
