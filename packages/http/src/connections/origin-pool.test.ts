import { startServer } from '@cotask/test-servers';
import { expect, test } from 'vitest';
import { LookupCache } from './cached-lookup.ts';
import { Dialler } from './dial.ts';
import type { Carrier, LaneUser } from './lane.ts';
import { LaneCensus, type CountedLane } from './lane-census.ts';
import { OriginPool } from './origin-pool.ts';
import { OriginTable } from './origin-table.ts';

const dialler = new Dialler({
  lookup: new LookupCache(null, 0, 1).lookup,
  family: 0,
  attemptTimeout: null,
  autoSelectFamily: true,
  localAddress: null,
  socketPath: null,
  tls: {},
  proxy: null,
  addresses: { publicAddressesOnly: false, maxDnsAnswers: 32 },
});
const lanes = {
  maxHeaderSize: 16_384,
  keepAlive: true,
  keepAliveTimeout: 50,
  keepAliveMaxTimeout: 50,
  versions: 'http1' as const,
  maxStreams: 100,
};

type Asked = Pick<OriginPool, 'dispatch'>;

/** Sends a request and leaves its lane when the response has come. */
async function ask(pool: Asked): Promise<Carrier> {
  return await new Promise((resolve, reject) => {
    let mine: Carrier | null = null;
    const user: LaneUser = {
      wantsFreshLane: false,
      onLane: (lane) => void (mine = lane),
      onConnecting: () => undefined,
      onJoining: () => undefined,
      onConnectStep: () => undefined,
      onLookup: () => undefined,
      countsReads: false,
      wantsHttp1: false,
      continueWatcher: null,
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

test('a pool whose last connection has ended says so and holds no lane', async () => {
  await using server = await startServer((_request, response) => void response.end('x'));
  const unused = Promise.withResolvers<void>();
  const pool = new OriginPool(server.url, { dialler, lanes, census: new LaneCensus(0) }, unused.resolve);
  const lane = await ask(pool);
  expect(await ask(pool)).toBe(lane);
  await unused.promise;
  expect(await ask(pool)).not.toBe(lane);
  await pool.end();
  await server.waitForConnections(0);
});

test('a table forgets such a pool, and refuses requests once it has ended', async () => {
  await using server = await startServer((_request, response) => void response.end('x'));
  const unused = Promise.withResolvers<void>();
  const table = new OriginTable((origin, onEmpty) => {
    return new OriginPool(origin, { dialler, lanes, census: new LaneCensus(0) }, () => {
      onEmpty();
      unused.resolve();
    });
  });
  const dispatch: Asked['dispatch'] = (options, user) => table.dispatch(server.url, options, user);
  expect(table.empty).toBe(true);
  await ask({ dispatch });
  expect(table.empty).toBe(false);
  await unused.promise;
  expect(table.empty).toBe(true);
  await ask({ dispatch });
  await table.end();
  await server.waitForConnections(0);
  await expect(ask({ dispatch })).rejects.toMatchObject({ code: 'UND_ERR_DESTROYED' });
});

test('where one connection more would be too many, the one idle longest ends', () => {
  const census = new LaneCensus(2);
  const retired: string[] = [];
  const laneOf = (name: string): CountedLane => {
    const lane = { idleSince: 0, retire: () => (retired.push(name), census.gone(lane)) };
    return lane;
  };
  const [a, b, c, d] = [laneOf('a'), laneOf('b'), laneOf('c'), laneOf('d')];
  census.opened(a);
  census.opened(b);
  census.idle(b);
  census.idle(a);
  census.busy(b);
  census.idle(b);
  census.opened(c);
  expect(retired).toEqual(['a']);
  census.busy(b);
  census.opened(d);
  expect([retired, census.open]).toEqual([['a'], 3]);
});
