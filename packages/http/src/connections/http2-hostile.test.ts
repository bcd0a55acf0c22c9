/** A server that keeps no rule of HTTP/2: each way ends as it should, in bounded time and memory, and leaves nothing. */
import { hostileHttp2Cases, startHttp2Wire } from '@cotask/test-servers';
import { CotaskError } from 'cotask';
import { describe, expect, test, vi } from 'vitest';
import { ClientSession } from '../index.ts';

const mebibyte = 1024 * 1024;

/** Asks until it is over: the body, or the code of the error. */
async function ask(session: ClientSession, url: string): Promise<string> {
  try {
    const response = await session.get(url);
    return await response.text();
  } catch (error) {
    if (error instanceof CotaskError) return error.code;
    throw error;
  }
}

const allowed = {
  response: /^good$/u,
  error: /^COTASK_HTTP_(DISCONNECTED|MESSAGE|PAYLOAD|CONNECT|CONNECTION)$/u,
  bounded: /^COTASK_HTTP_(DISCONNECTED|MESSAGE|PAYLOAD|BODY_TOO_LARGE|.*TIMEOUT)$/u,
  either: /^(good|COTASK_HTTP_(DISCONNECTED|MESSAGE|PAYLOAD|BODY_TOO_LARGE|.*TIMEOUT))$/u,
};

describe('a hostile HTTP/2 server', () => {
  test.each(hostileHttp2Cases)('$name: $plays', async ({ name, client, player }) => {
    await using server = await startHttp2Wire(player);
    const before = process.memoryUsage().rss;
    await using session = new ClientSession({
      version: '2',
      timeout: { total: client === 'error' || client === 'response' ? 5000 : 400 },
      maxBodySize: mebibyte,
    });
    const began = performance.now();
    expect([name, await ask(session, server.url)]).toEqual([name, expect.stringMatching(allowed[client])]);
    expect(performance.now() - began).toBeLessThan(3000);
    await session.close();
    await vi.waitFor(() => expect(server.connections).toBe(0));
    expect(server.wires.length).toBeLessThanOrEqual(3);
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * mebibyte);
  });
});

test('a head that never ends does not end the process, whichever of its parts the platform collects first', async () => {
  const flood = hostileHttp2Cases.find(({ name }) => name === 'continuation-flood');
  if (flood === undefined) throw new Error('no such case');
  await using server = await startHttp2Wire(flood.player);
  for (let round = 0; round < 20; round++) {
    await using session = new ClientSession({ version: '2' });
    expect(await ask(session, server.url)).toBe('COTASK_HTTP_MESSAGE');
    globalThis.gc?.();
  }
  for (let turn = 0; turn < 20; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    globalThis.gc?.();
  }
});
