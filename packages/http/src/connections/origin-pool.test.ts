import { startServer } from '@cotask/test-servers';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { LookupCache } from './cached-lookup.ts';
import { Dialler } from './dial.ts';
import type { Carrier, LaneUser } from './lane.ts';
import { LaneCensus } from './lane-census.ts';
import { OriginPool } from './origin-pool.ts';

const dialler = new Dialler({
  lookup: new LookupCache(null, 0, 1).lookup,
  family: 0,
  attemptTimeout: null,
  autoSelectFamily: true,
  localAddress: null,
  socketPath: null,
  allowH2: false,
  tls: {},
  proxy: null,
  addresses: { publicAddressesOnly: false, maxDnsAnswers: 32 },
});
const lanes = {
  maxHeaderSize: 16_384,
  keepAlive: true,
  keepAliveTimeout: 50,
  keepAliveMaxTimeout: 50,
  allowH2: false,
  maxStreams: 100,
};

/** Sends a request and leaves its lane when the response has come. */
async function ask(pool: OriginPool): Promise<Carrier> {
  return await new Promise((resolve, reject) => {
    let mine: Carrier | null = null;
    const user: LaneUser = {
      wantsFreshLane: false,
      onLane: (lane) => void (mine = lane),
      onConnecting: () => undefined,
      onConnectStep: () => undefined,
      onLookup: () => undefined,
      onRead: () => undefined,
      onRequestStart: () => mine?.started(),
      onResponseStart: () => undefined,
      onResponseData: () => undefined,
      onResponseEnd: () => {
        if (mine === null) return;
        mine.leave(true);
        resolve(mine);
      },
      onResponseError: (_controller, error) => reject(error),
    };
    pool.dispatch({ path: '/', method: 'GET' }, user);
  });
}

test('a pool whose last connection has ended says so and holds no lane: the Agent forgets it', async () => {
  await using server = await startServer((_request, response) => void response.end('x'));
  const pool = new OriginPool(server.url, dialler, lanes, new LaneCensus(0));
  const unused = once(pool, 'disconnect');
  const lane = await ask(pool);
  expect(await ask(pool)).toBe(lane);
  await unused;
  expect(await ask(pool)).not.toBe(lane);
  await pool.close();
  await server.waitForConnections(0);
});

test('it refuses a handler that knows nothing of lanes, and ends in each of undici’s ways', async () => {
  await using server = await startServer((_request, response) => void response.end('x'));
  const pool = new OriginPool(new URL(server.url), dialler, lanes, new LaneCensus(0));
  expect(() => pool.dispatch({ path: '/', method: 'GET' }, {})).toThrow(TypeError);
  await ask(pool);
  await new Promise<void>((resolve) => pool.close(resolve));
  await new Promise<void>((resolve) => pool.destroy(resolve));
  await new Promise<void>((resolve) => pool.destroy(new Error('over'), resolve));
  await pool.destroy();
  await server.waitForConnections(0);
});
