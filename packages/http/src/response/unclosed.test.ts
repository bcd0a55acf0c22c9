import { coroutine, getEventLoop, run, type ExceptionContext } from 'cotask';
import { startServer } from '@cotask/test-servers';
import { expect, test } from 'vitest';
import { ClientSession } from '../index.ts';

/** Runs `body` in debug mode, collects garbage until there are `wanted` reports, and gives them. */
async function reportsOf(wanted: number, body: () => Promise<void>): Promise<string[]> {
  const reports: ExceptionContext[] = [];
  const main = coroutine(async () => {
    getEventLoop().setExceptionHandler((_loop, report) => void reports.push(report));
    await body();
    for (
      let rounds = 0;
      rounds < 10 || reports.filter(({ message }) => message.includes('closed')).length < wanted;
      rounds++
    ) {
      globalThis.gc?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  await run(main(), { debug: true });
  // A machine that is busy with something else makes slow steps, which debug mode tells of too.
  return reports.map(({ message }) => message).filter((message) => !message.includes('held the event loop'));
}

test('debug mode tells of a response and of a session that were forgotten, and ends the response', async () => {
  await using server = await startServer((_request, response) => void response.writeHead(200).write('unread'));
  const reports = await reportsOf(2, async () => {
    await (async () => void (await new ClientSession().get(server.url)))();
  });
  expect(reports).toContainEqual(
    `the response to GET ${server.url}/ was neither read nor closed; close() it, or hold it with "await using"`,
  );
  expect(reports).toContainEqual('a ClientSession was never closed; close() it, or hold it with "await using"');
  await server.waitForConnections(0);
});

test('debug mode names a request and a reading that nobody awaited', async () => {
  await using server = await startServer((_request, response) => void response.end('read'));
  const reports: string[] = [];
  const main = coroutine(async () => {
    getEventLoop().setExceptionHandler((_loop, { message }) => void reports.push(message));
    await using session = new ClientSession();
    void session.get(server.url);
    await using response = await session.get(server.url);
    void response.text();
  });
  await run(main(), { debug: true });
  for (const name of ['request', 'text'])
    expect(reports).toContainEqual(expect.stringContaining(`coroutine ${name} was never awaited`));
});

test('a generator holds a response with `using`, which releases it', async () => {
  await using server = await startServer((_request, response) => void response.end('unread'));
  const reports = await reportsOf(0, async () => {
    await using session = new ClientSession({ limit: 1 });
    const ask = coroutine(function* () {
      using response = yield* session.get(server.url);
      return response.status;
    });
    expect([await ask(), await ask()]).toEqual([200, 200]);
  });
  expect(reports).toEqual([]);
});

test('it says nothing of what was closed or read', async () => {
  await using server = await startServer((_request, response) => void response.end('read'));
  const reports = await reportsOf(0, async () => {
    await using session = new ClientSession();
    await (await session.get(server.url)).text();
    (await session.get(server.url)).close();
  });
  expect(reports).toEqual([]);
});
