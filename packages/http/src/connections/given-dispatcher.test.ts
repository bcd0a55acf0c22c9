/** A dispatcher of one's own behind a session: undici's MockAgent, and a real Agent with an interceptor. */
import { coroutine, createTask, run, sleep, timeout } from 'cotask';
import { VirtualHost } from 'cotask/testing';
import { startServer } from '@cotask/test-servers';
import { Agent, MockAgent } from 'undici';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ClientSession, Connector, InvalidOptionError, type ClientSessionOptions } from '../index.ts';

const origin = 'https://api.test';

describe('a MockAgent of the user’s', () => {
  let agent: MockAgent;

  beforeEach(() => {
    agent = new MockAgent();
    agent.disableNetConnect();
  });
  afterEach(async () => await agent.close());

  test('answers a session’s requests, redirects and cookies included', async () => {
    const pool = agent.get(origin);
    pool.intercept({ path: '/a' }).reply(302, '', { headers: { location: '/b', 'set-cookie': ['x=1', 'y=2'] } });
    pool.intercept({ path: '/b', headers: { cookie: 'x=1; y=2' } }).reply(200, { found: true });
    await using session = new ClientSession({ dispatcher: agent });
    const response = await session.get(`${origin}/a`);
    expect(await response.json({ contentType: null })).toEqual({ found: true });
    expect(response.history).toHaveLength(1);
    agent.assertNoPendingInterceptors();
  });

  test('gets the body that is sent', async () => {
    agent
      .get(origin)
      .intercept({ path: '/', method: 'POST' })
      .reply(200, ({ body }) => Buffer.from(body instanceof Uint8Array ? body : []));
    await using session = new ClientSession({ dispatcher: agent });
    expect(await (await session.post(`${origin}/`, { data: 'sent' })).text()).toBe('sent');
  });

  test('answers at once on virtual time; the delay of a reply is real, and the deadline the loop’s', async () => {
    const pool = agent.get(origin);
    pool.intercept({ path: '/now' }).reply(200, 'now');
    pool.intercept({ path: '/later' }).reply(200, 'later').delay(600_000);
    const main = coroutine(async () => {
      await using session = new ClientSession({ dispatcher: agent });
      expect(await (await session.get(`${origin}/now`)).text()).toBe('now');
      await session.get(`${origin}/later`, { timeout: 5 });
    });
    await expect(run(main(), { host: new VirtualHost() })).rejects.toMatchObject({ deadline: 'total', stage: 'head' });
  });

  test('an error of a reply is an error of the connection; no reply is a mistake of the test’s', async () => {
    agent
      .get(origin)
      .intercept({ path: '/' })
      .replyWithError(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
    await using session = new ClientSession({ dispatcher: agent });
    await expect(session.get(`${origin}/`)).rejects.toMatchObject({ code: 'COTASK_HTTP_CONNECT' });
    await expect(session.get(`${origin}/other`)).rejects.toMatchObject({
      code: 'COTASK_HTTP_OPTION',
      message: expect.stringContaining("not matched for path '/other'"),
    });
  });

  test('closing the connector ends what is on it, and leaves the agent be', async () => {
    agent.get(origin).intercept({ path: '/' }).reply(200, 'late').delay(600_000);
    const connector = new Connector({ dispatcher: agent, limit: 1 });
    await using session = new ClientSession({ connector });
    const main = coroutine(async () => {
      const asking = createTask(session.get(`${origin}/`));
      await sleep(0);
      const queued = createTask(session.get(`${origin}/`));
      await sleep(0);
      await connector.close();
      await expect(asking).rejects.toMatchObject({ code: 'COTASK_HTTP_SESSION_CLOSED' });
      await expect(queued).rejects.toMatchObject({ code: 'COTASK_HTTP_SESSION_CLOSED' });
    });
    await run(main());
    agent.get(origin).intercept({ path: '/' }).reply(200, 'still there');
    await using other = new ClientSession({ dispatcher: agent });
    expect(await (await other.get(`${origin}/`)).text()).toBe('still there');
  });
});

test('an Agent with an interceptor carries requests, and a cancel ends them', async () => {
  await using server = await startServer((request, response) => {
    if (request.url === '/quick') response.end(String(request.headers['x-added']));
  });
  await using agent = new AgentOfTest();
  const adding = agent.compose((dispatch) => (options, handler) => {
    const given = Array.isArray(options.headers) ? options.headers : [];
    return dispatch({ ...options, headers: [...given, 'x-added', 'yes'] }, handler);
  });
  await using session = new ClientSession({ dispatcher: adding });
  expect(await (await session.get(`${server.url}/quick`)).text()).toBe('yes');
  const main = coroutine(() => timeout(30, async () => await session.get(`${server.url}/silent`)));
  await expect(run(main())).rejects.toMatchObject({ code: 'COTASK_TIMEOUT' });
  await agent.close();
  await server.waitForConnections(0);
});

class AgentOfTest extends Agent implements AsyncDisposable {
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.closed) await this.close();
  }
}

describe('with a dispatcher', () => {
  const dispatcher = new Agent();

  test.each<ClientSessionOptions>([
    { tls: {} },
    { publicAddressesOnly: true },
    { maxConnections: 3 },
    { lookup: () => undefined },
  ])('%o is refused: it would be ignored', (options) => {
    expect(() => new ClientSession({ ...options, dispatcher })).toThrow(InvalidOptionError);
    expect(() => new ClientSession({ ...options, dispatcher })).toThrow(Object.keys(options)[0]);
  });

  test('a proxy or TLS options of a request are refused, and its slot is free again', async () => {
    await using session = new ClientSession({ dispatcher, limit: 1 });
    for (const options of [{ proxy: 'http://proxy.test' }, { tls: {} }])
      await expect(session.get(origin, options)).rejects.toMatchObject({ code: 'COTASK_HTTP_OPTION' });
  });

  test('what is no dispatcher is refused', () => {
    const options: object = { dispatcher: () => undefined };
    expect(() => new Connector(options)).toThrow("dispatcher must be one of undici's dispatchers");
  });
});
