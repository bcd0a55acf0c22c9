// Programs that a script starts: their output is kept, and a signal that ends the script ends them too.
import { spawn } from 'node:child_process';

const running = new Set();

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Ends what runs with the signal that ends this process, so that nothing is left behind. */
const endTogether = (signal) => {
  for (const child of running) child.kill(signal);
  for (const each of signals) process.off(each, endTogether);
  process.kill(process.pid, signal);
};

/** Runs a program to its end; resolves to its exit code and to what it printed. */
export const runChild = (program, args, options = {}) =>
  new Promise((done, failed) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    if (running.size === 0) for (const signal of signals) process.on(signal, endTogether);
    running.add(child);
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.once('error', failed);
    child.once('close', (code) => {
      running.delete(child);
      if (running.size === 0) for (const signal of signals) process.off(signal, endTogether);
      done({ code, output: Buffer.concat(output).toString() });
    });
  });
