import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { ask } from '../ask.ts';
import { startServer } from '../start-server.ts';
import { spawnSampleOrigin } from './spawn-sample-origin.ts';
import { startSampleOrigin } from './start-sample-origin.ts';

const main = new URL('./sample-origin-main.ts', import.meta.url).pathname;
const spawning = new URL('./spawn-sample-origin.ts', import.meta.url).href;
const starting = new URL('./start-sample-origin.ts', import.meta.url).href;

/** A connection that closes when the server behind `url` ends. */
async function hold(url: string): Promise<{ socket: Socket; closed: Promise<unknown> }> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  // A server that is killed resets its connections.
  socket.on('error', () => {});
  return { socket, closed: once(socket, 'close') };
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stream })) return line;
  throw new Error('The program ended without a line.');
}

test('a spawned origin serves the very set of one in this process', async () => {
  await using here = await startSampleOrigin({ files: 40, seed: 7 });
  await using there = await spawnSampleOrigin({ files: 40, seed: 7 });
  expect(there.urls.map((url) => url.slice(there.url.length))).toEqual(
    here.urls.map((url) => url.slice(here.url.length)),
  );
  const [fromHere, fromThere] = [await ask(here.urlAt(1)), await ask(there.urlAt(1))];
  expect(fromThere.body.equals(fromHere.body)).toBe(true);
  expect(fromThere.body.length).toBe(there.expected(there.urlAt(1)).bytes);
  const unavailable = 7;
  expect((await ask(there.urlAt(unavailable))).status).toBe(503);
});

test('a spawned origin can be calm', async () => {
  await using origin = await spawnSampleOrigin({ files: 40, calm: true });
  expect((await ask(origin.urlAt(7))).status).toBe(200);
});

test('close ends the child, and may be called twice', async () => {
  const origin = await spawnSampleOrigin({ files: 40 });
  const { closed } = await hold(origin.url);
  await Promise.all([origin.close(), origin.close()]);
  await closed;
  await expect(ask(origin.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('the child ends when its parent is killed', async () => {
  const program = `const { spawnSampleOrigin } = await import(${JSON.stringify(spawning)});
    console.log((await spawnSampleOrigin({ files: 40 })).url);`;
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await firstLine(parent.stdout);
  const { closed } = await hold(url);
  parent.kill('SIGKILL');
  await closed;
  // Refused or reset: the connections of an ending server close a moment before its port does.
  await expect(ask(url)).rejects.toThrow();
});

test('the child outlives SIGINT, ends at SIGTERM and when its input ends, with 0', async () => {
  for (const end of ['SIGTERM', 'input'] as const) {
    const child = spawn(process.execPath, [main, '--files', '40'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const { url } = JSON.parse(await firstLine(child.stdout)) as { url: string };
    child.kill('SIGINT');
    expect((await ask(`${url}/files/1/any`)).status).toBe(200);
    const exited = once(child, 'exit');
    if (end === 'input') child.stdin.end();
    else child.kill(end);
    expect(await exited, end).toEqual([0, null]);
  }
});

test('a client that leaves a slow file leaves no timer behind', async () => {
  const slow = 3;
  const program = `const { startSampleOrigin } = await import(${JSON.stringify(starting)});
    const origin = await startSampleOrigin({ files: 40 });
    const left = await fetch(origin.urlAt(${slow}), { signal: AbortSignal.timeout(20) }).catch((error) => error.name);
    await origin.close();
    console.log(left, process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  expect(await firstLine(child.stdout)).toBe('TimeoutError 0');
});

test('a port in use fails the start', async () => {
  await using server = await startServer(() => {});
  await expect(spawnSampleOrigin({ port: server.port })).rejects.toThrow(/could not start: .*EADDRINUSE/);
});
