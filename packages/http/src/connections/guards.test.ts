/**
 * Where a session refuses to go: `publicAddressesOnly` looks at what is dialled, however it is written, looked up or
 * redirected to; `schemes` at every hop. The servers here listen on this machine, so a guard that sleeps is found out by a
 * request that arrives.
 */
import { startServer, type TestServer } from '@cotask/test-servers';
import type { LookupFunction } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AddressRefusal, guardedLookup } from './guarded-lookup.ts';
import { ClientSession, type ClientMiddleware, type ClientSessionOptions } from '../index.ts';

let server: TestServer;

beforeEach(async () => {
  server = await startServer((_request, response) => void response.end('reached'));
});

afterEach(async () => {
  await server.waitForConnections(0);
  await server.close();
});

async function failure(url: string, options: ClientSessionOptions): Promise<unknown> {
  await using session = new ClientSession({ timeout: 5000, ...options });
  try {
    await (await session.get(url)).text();
    return 'no error';
  } catch (error) {
    return error;
  }
}

const answering = (...addresses: string[]): LookupFunction => {
  return (_name, options, callback) => {
    const answers = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (options.all === true) callback(null, answers);
    else callback(null, answers[0]?.address ?? '', answers[0]?.family);
  };
};

/** The addresses that a look-up gives. */
function lookUp(lookup: LookupFunction): Promise<string[]> {
  return new Promise((resolve, reject) => {
    lookup('name.test', { all: true }, (error, answers) => {
      if (error !== null) reject(error);
      else resolve(typeof answers === 'string' ? [answers] : answers.map(({ address }) => address));
    });
  });
}

describe('publicAddressesOnly', () => {
  test.each([
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '127.1',
    '0.0.0.0',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '169.254.169.254',
    '192.0.2.1',
    '[fe80::1]',
    'localhost',
  ])('refuses http://%s/ and dials nothing', async (host) => {
    const url = `http://${host}:${server.port}/`;
    expect(await failure(url, { publicAddressesOnly: true })).toMatchObject({
      name: 'NonPublicAddressError',
      code: 'COTASK_HTTP_NON_PUBLIC_ADDRESS',
      port: server.port,
    });
    expect(server.totalConnections).toBe(0);
  });

  test('refuses https too', async () => {
    const error = await failure(`https://127.0.0.1:${server.port}/`, { publicAddressesOnly: true });
    expect(error).toHaveProperty('code', 'COTASK_HTTP_NON_PUBLIC_ADDRESS');
    expect(server.totalConnections).toBe(0);
  });

  test.each([
    { answers: ['127.0.0.1'], address: '127.0.0.1' },
    { answers: ['::ffff:127.0.0.1'], address: '::ffff:127.0.0.1' },
    { answers: ['10.0.0.1', '127.0.0.1', '::1'], address: '10.0.0.1' },
  ])('refuses a name that gives $answers', async ({ answers, address }) => {
    for (const autoSelectFamily of [true, false]) {
      const options = { publicAddressesOnly: true, lookup: answering(...answers), autoSelectFamily };
      const error = await failure(`http://name.test:${server.port}/`, options);
      expect(error).toMatchObject({ code: 'COTASK_HTTP_NON_PUBLIC_ADDRESS', host: 'name.test', address });
    }
    expect(server.totalConnections).toBe(0);
  });

  test('lets the public ones through of a name that gives both: what was judged is what is dialled', async () => {
    const lookup = answering('127.0.0.1', '1.1.1.1', 'fe80::1', '2606:4700:4700::1111');
    const found = await lookUp(guardedLookup(lookup, { publicAddressesOnly: true, maxDnsAnswers: 32 }));
    expect(found).toEqual(['1.1.1.1', '2606:4700:4700::1111']);
  });

  test('judges each look-up: a name that turns private is refused the second time', async () => {
    let asked = 0;
    const rebinding: LookupFunction = (name, options, callback) =>
      answering(asked++ === 0 ? '1.1.1.1' : '127.0.0.1')(name, options, callback);
    const guarded = guardedLookup(rebinding, { publicAddressesOnly: true, maxDnsAnswers: 32 });
    expect(await lookUp(guarded)).toEqual(['1.1.1.1']);
    await expect(lookUp(guarded)).rejects.toBeInstanceOf(AddressRefusal);
  });

  test('does not go with a local socket', () => {
    expect(() => new ClientSession({ publicAddressesOnly: true, socketPath: '/run/some.sock' })).toThrow(
      'publicAddressesOnly and socketPath exclude each other',
    );
  });
});

test('without it, an address of this machine is reached', async () => {
  expect(await failure(`http://localhost:${server.port}/`, {})).toBe('no error');
});

describe('schemes', () => {
  test('refuses what is not in the list', async () => {
    expect(await failure(server.url, { schemes: ['https'] })).toMatchObject({
      code: 'COTASK_HTTP_SCHEME',
      message: expect.stringContaining('http: is not spoken here; only https: is'),
    });
    expect(server.totalConnections).toBe(0);
  });

  test('holds for what a middleware makes of the URL', async () => {
    const change: ClientMiddleware = async (request, next) => {
      request.url = server.url;
      return await next(request);
    };
    const error = await failure('https://127.0.0.1:1/', { schemes: ['https'], middlewares: [change] });
    expect(error).toHaveProperty('code', 'COTASK_HTTP_SCHEME');
    expect(server.totalConnections).toBe(0);
  });

  test('holds for redirects', async () => {
    await using away = await startServer(
      (_request, response) => void response.writeHead(302, { location: 'https://127.0.0.1:1/' }).end(),
    );
    expect(await failure(away.url, { schemes: ['http'] })).toMatchObject({
      code: 'COTASK_HTTP_REDIRECT_SCHEME',
      message: expect.stringContaining('only http: is followed'),
    });
  });
});

test('at most maxDnsAnswers addresses of a name are tried', async () => {
  const many = Array.from({ length: 50 }, (_, i) => `127.0.1.${i + 1}`);
  const error = await failure('http://many.test:1/', { lookup: answering(...many), maxDnsAnswers: 3 });
  expect(error).toMatchObject({ code: 'COTASK_HTTP_CONNECT', cause: { errors: { length: 3 } } });
});
