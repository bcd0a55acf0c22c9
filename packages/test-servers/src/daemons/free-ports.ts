import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';
import { listen, stopListening } from '../listen.ts';

/** Below the ports that Linux gives to who asks for any, so that nobody takes one before its server does. */
const lowest = 20_000;
const highest = 32_000;

/** So many ports of the loopback interface on which nobody listens now. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = randomInt(lowest, highest);
    if (!found.has(port) && (await isFree(port))) found.add(port);
  }
  return [...found];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await listen(server, port);
  } catch {
    return false;
  }
  await stopListening(server);
  return true;
}
