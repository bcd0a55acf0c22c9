#!/usr/bin/env node
// Starts the command: from dist as published; in a clone from source, where the hook below makes `cotask` and `@cotask/…`
// resolve to sources. All in this process, so that signals and exit codes are plain.
import { existsSync } from 'node:fs';
import module from 'node:module';

const isClone = existsSync(new URL('../tsconfig.json', import.meta.url)); // never part of the published package
const [major, minor] = process.versions.node.split('.').map(Number);

const resolveToSources = () =>
  module.registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, { ...context, conditions: [...context.conditions, 'cotask-source'] }),
  });

/** `npx` puts a shell between itself and us, which dies of its SIGTERM without a word: then we follow it. */
const followShellOfNpx = () => {
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 200);
  watch.unref();
};

if (major < 22 || (major === 22 && minor < 19)) {
  const hint = isClone
    ? ' In the clone run `npm test` once, then `npx --no-install cotask`: they bring their own Node.'
    : '';
  console.error(`cotask needs Node 22.19 or newer; this is ${process.version}.${hint}`);
  process.exitCode = 2;
} else {
  // Compiled code is kept in the system's temporary folder from one call to the next: a start takes 0.21 instead of 0.25 s
  // of CPU. NODE_DISABLE_COMPILE_CACHE=1 turns it off.
  module.enableCompileCache?.();
  if (isClone) resolveToSources();
  if (process.env.npm_command === 'exec') followShellOfNpx();
  await import(isClone ? '../src/main.ts' : '../dist/main.js');
}
