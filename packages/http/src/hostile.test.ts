/**
 * Every case of the hostile origin, read to its end by one client: what must come out is said by the case. Where this
 * client does what the case's rule leaves open, or knowingly otherwise, a line below says so.
 */
import { goodBody, hostileCases, startHostileOrigin, type HostileCase } from '@cotask/test-servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClientError, ClientSession } from './index.ts';

let origin: Awaited<ReturnType<typeof startHostileOrigin>>;

beforeAll(async () => {
  origin = await startHostileOrigin();
});

afterAll(async () => {
  await origin.close();
});

/** Cases whose outcome is another one here. */
const otherwise: Record<string, HostileCase['expects']['client']> = {
  // 201 fields: maxHeaders is 128 unless the caller raises it.
  'cookie-flood': 'error',
  // Ended as soon as the extension is longer than framingBytes.
  'chunk-extension-endless': 'error',
};

/** Played apart, below: the second request must come after what the server does to the idle connection. */
const apart = new Set(['answer-on-idle-socket']);
const together = hostileCases.filter(({ name }) => !apart.has(name)).map((kase) => [kase.name, kase] as const);

interface Outcome {
  status?: number;
  bytes?: Buffer;
  text?: string;
  error?: unknown;
}

async function ask(session: ClientSession, kase: HostileCase, undoes = true): Promise<Outcome> {
  try {
    const response = await session.request(kase.method, origin.urlOf(kase.name), { headers: kase.headers });
    const bytes = Buffer.from(await response.bytes());
    const text = undoes ? await response.text() : '';
    return { status: response.status, bytes, text };
  } catch (error) {
    return { error };
  }
}

function expectAnswer(outcome: Outcome, { expects }: HostileCase): void {
  expect(outcome).toMatchObject({ status: expects.status });
  if (expects.body !== null) expect(outcome.text).toBe(expects.body);
}

describe.concurrent('the hostile origin', () => {
  test.each(together)('%s', async (name, kase) => {
    await using session = new ClientSession({ timeout: { total: 2500, sockRead: 500 }, maxBodySize: 1_000_000 });
    let outcome: Outcome = {};
    for (let i = 0; i < kase.requests; i++) outcome = await ask(session, kase);
    const wanted = otherwise[name] ?? kase.expects.client;
    if (wanted === 'response' || (wanted === 'either' && outcome.error === undefined)) {
      expectAnswer(outcome, kase);
      return;
    }
    expect(outcome.error).toBeInstanceOf(ClientError);
    if (wanted === 'error') expect(outcome.error).not.toHaveProperty('deadline');
  });
});

describe.concurrent('a client that undoes no coding hands on what was sent', () => {
  test.each(together.filter(([, { expects }]) => expects.coded !== null))('%s', async (_name, kase) => {
    await using session = new ClientSession({ autoDecompress: false });
    const outcome = await ask(session, kase, false);
    expect(outcome.status).toBe(kase.expects.status);
    expect(outcome.bytes?.equals(kase.expects.coded ?? Buffer.alloc(0))).toBe(true);
  });
});

test('no socket is left after all of them', async () => {
  await origin.waitForConnections(0);
});

test('answer-on-idle-socket: an answer that nobody asked for ends the idle connection', async () => {
  await using alone = await startHostileOrigin();
  await using session = new ClientSession();
  for (let i = 0; i < 2; i++) {
    expect(await (await session.get(alone.urlOf('answer-on-idle-socket'))).text()).toBe(goodBody);
    await alone.waitForConnections(0);
  }
});

test('a flood of cookies passes where maxHeaders allows it', async () => {
  await using session = new ClientSession({ maxHeaders: 1000, maxHeaderSize: 64 * 1024 });
  const response = await session.get(origin.urlOf('cookie-flood', { key: 'allowed' }));
  expect(response.headers.getSetCookie()).toHaveLength(200);
});
