#!/usr/bin/env node
// Starts the command from dist, as published, or in a clone from source: then TypeScript is run as it stands, and the
// hook below makes `cotask` and `@cotask/…` resolve to sources. No second process, so signals and exit codes are plain.
import { existsSync } from 'node:fs';
import module from 'node:module';

const isClone = existsSync(new URL('../tsconfig.json', import.meta.url)); // never part of the published package
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 19)) {
  const hint = isClone ? 'Run it by `npx --no-install cotask` in the clone, after `npm start` or `npm test`.' : '';
  console.error(`cotask needs Node 22.19 or newer; this is ${process.version}. ${hint}`.trimEnd());
  process.exitCode = 2;
} else {
  if (isClone) {
    module.registerHooks({
      resolve: (specifier, context, next) =>
        next(specifier, { ...context, conditions: [...context.conditions, 'cotask-source'] }),
    });
  }
  await import(isClone ? '../src/main.ts' : '../dist/main.js');
}
