/** WebSockets against Python's aiohttp, and against a server that does what no good one does. */
import { coroutine, createTask, fromPromise, run, sleep } from 'cotask';
import {
  frameKinds,
  startAiohttp,
  startServer,
  startWebSocketServer,
  type AiohttpServer,
  type WebSocketPeer,
} from '@cotask/test-servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClientSession, Connector, type ClientWebSocket, type WebSocketMessage } from '../index.ts';

let aiohttp: AiohttpServer | null;
let session: ClientSession;

beforeAll(async () => {
  aiohttp = await startAiohttp();
  session = new ClientSession({ headers: { 'x-session': 'yes' } });
});

afterAll(async () => {
  await session.close();
  await aiohttp?.close();
});

const { text, binary, close, ping, pong, continuation } = frameKinds;

/** Answers pings and a goodbye, as every server does. */
function behave(peer: WebSocketPeer): void {
  peer.onFrame(({ kind, payload }) => {
    if (kind === ping) peer.write(pong, payload);
    if (kind === close) {
      peer.write(close, payload);
      peer.socket.end();
    }
  });
}

describe('against aiohttp', () => {
  const open = async (path: string, options = {}): Promise<ClientWebSocket> =>
    await session.ws(`${aiohttp?.url}${path}`, options);
  const skip = (): boolean => aiohttp === null;

  test('texts, bytes and JSON come back as they went', async (context) => {
    context.skip(skip());
    await using socket = await open('/echo');
    await socket.send('grüß dich');
    expect(await socket.receiveText()).toBe('grüß dich');
    await socket.send(Uint8Array.of(0, 255, 7));
    expect(await socket.receiveBytes()).toEqual(Uint8Array.of(0, 255, 7));
    await socket.sendJson({ a: [1, null] });
    expect(await socket.receiveJson()).toEqual({ a: [1, null] });
    await socket.send('x'.repeat(300_000));
    expect((await socket.receiveText()).length).toBe(300_000);
    await socket.send('header x-session');
    expect(await socket.receive()).toBe('yes');
    await socket.send('header user-agent');
    expect(await socket.receive()).toMatch(/cotask/u);
    expect(await socket.ping()).toBeGreaterThanOrEqual(0);
  });

  test('the subprotocol that the server likes is chosen; ws: and params work', async (context) => {
    context.skip(skip());
    const url = `${aiohttp?.url}/echo`.replace('http:', 'ws:');
    await using socket = await session.ws(url, { protocols: ['first'], params: { a: 1 } });
    expect([socket.protocol, socket.url]).toEqual(['first', `${aiohttp?.url}/echo?a=1`]);
  });

  test('the server counts, goes away, and the loop ends', async (context) => {
    context.skip(skip());
    await using socket = await open('/count?to=500', { maxQueue: 5 });
    const seen: WebSocketMessage[] = [];
    for await (const message of socket) seen.push(message);
    expect(seen).toEqual(Array.from({ length: 500 }, (_, number) => String(number)));
    expect([socket.closeCode, socket.closed]).toEqual([1001, true]);
    expect(await socket.receive()).toBe(null);
    await expect(socket.send('late')).rejects.toMatchObject({ code: 'COTASK_HTTP_WEBSOCKET_CLOSED', closeCode: 1001 });
  });

  test('a close code that is no peace is thrown, with its reason', async (context) => {
    context.skip(skip());
    await using socket = await open('/echo');
    await socket.send('close 4001');
    await expect(socket.receive()).rejects.toMatchObject({ closeCode: 4001, closeReason: 'as asked' });
  });

  test('messages may be compressed', async (context) => {
    context.skip(skip());
    await using socket = await open('/echo?compress', { compress: true });
    await socket.send('y'.repeat(100_000));
    expect((await socket.receiveText()).length).toBe(100_000);
  });

  test('a refusal is a handshake error with its status, and its slot is free again', async (context) => {
    context.skip(skip());
    await using narrow = new ClientSession({ limit: 1 });
    for (let time = 0; time < 3; time++) {
      await expect(narrow.ws(`${aiohttp?.url}/refuse`)).rejects.toMatchObject({
        code: 'COTASK_HTTP_WEBSOCKET_HANDSHAKE',
        status: 403,
      });
    }
    const numbers = await (await narrow.get(`${aiohttp?.url}/chunks`)).text();
    expect(numbers.split('\n').length).toBe(101);
  });

  test('a server that pings is answered', async (context) => {
    context.skip(skip());
    await using socket = await open('/echo?heartbeat=0.6');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await socket.send('still here');
    expect(await socket.receive()).toBe('still here');
  });
});

describe('the handshake', () => {
  test('that is none is refused: a wrong accept, no server, a plain page, a server that says nothing', async () => {
    await using liar = await startWebSocketServer(behave, () => ['sec-websocket-accept: wrong']);
    await expect(session.ws(liar.url)).rejects.toMatchObject({ code: 'COTASK_HTTP_WEBSOCKET_HANDSHAKE' });
    await liar.waitForConnections(0);
    await using gone = await startServer(() => undefined);
    await gone.close();
    await expect(session.ws(gone.url)).rejects.toMatchObject({ code: 'COTASK_HTTP_CONNECT' });
    await expect(session.ws('ws://127.0.0.1:6667/')).rejects.toThrow(/port/u);
    await using page = await startServer((_request, response) => void response.end('a page'));
    await expect(session.ws(page.url)).rejects.toMatchObject({ status: 200 });
    await using silent = await startServer(() => undefined);
    await expect(session.ws(silent.url, { timeout: 40 })).rejects.toMatchObject({
      code: 'COTASK_HTTP_CONNECT_TIMEOUT',
      limit: 40,
    });
    await silent.waitForConnections(0);
  });

  test('goes by the guards of the session', async () => {
    await using guarded = new ClientSession({ publicAddressesOnly: true });
    await expect(guarded.ws('ws://127.0.0.1:8080/')).rejects.toMatchObject({ code: 'COTASK_HTTP_NON_PUBLIC_ADDRESS' });
  });

  test('checks its options', async () => {
    await expect(session.ws('ws://a.example', { protocols: ['a b'] })).rejects.toThrow(/protocols/u);
    // @ts-expect-error -- a typo
    await expect(session.ws('ws://a.example', { hartbeat: 1 })).rejects.toThrow(/hartbeat/u);
    await expect(session.ws('ftp://a.example')).rejects.toMatchObject({ code: 'COTASK_HTTP_SCHEME' });
  });
});

describe('bounds', () => {
  test('who does not receive holds the server back, and misses nothing', async () => {
    let written = 0;
    let held = false;
    await using server = await startWebSocketServer((peer) => {
      behave(peer);
      const pump = (): void => {
        while (written < 2000) {
          written += 1;
          if (!peer.write(binary, Buffer.alloc(16_384, written % 256))) return void peer.socket.once('drain', pump);
        }
        peer.write(close, Buffer.from([3, 232]));
      };
      setTimeout(() => (held = written < 2000), 300);
      pump();
    });
    await using socket = await session.ws(server.url, { maxQueue: 8 });
    await new Promise((resolve) => setTimeout(resolve, 350));
    expect(held).toBe(true);
    expect(socket.queued).toBeLessThan(8 + 8);
    let received = 0;
    for await (const message of socket) {
      received += 1;
      if (message[0] !== received % 256) expect.fail(`message ${received} is another`);
    }
    expect([received, socket.closeCode]).toEqual([2000, 1000]);
  });

  test('a message above maxMessageSize ends the socket, in one frame or in many', async () => {
    await using server = await startWebSocketServer((peer) => {
      if (peer.request.url === '/many') {
        peer.write(text, 'x'.repeat(600), true);
        peer.write(continuation, 'x'.repeat(600));
      } else peer.write(text, 'x'.repeat(1200));
    });
    for (const path of ['/one', '/many']) {
      const socket = await session.ws(server.url + path, { maxMessageSize: 1000 });
      await expect(socket.receive()).rejects.toMatchObject({ code: 'COTASK_HTTP_WEBSOCKET_CLOSED' });
      await server.waitForConnections(0);
    }
  });

  test('a server that takes nothing holds the sender back', async () => {
    await using server = await startWebSocketServer((peer) => void peer.socket.pause());
    const socket = await session.ws(server.url, { closeTimeout: 20 });
    const main = coroutine(async () => {
      const sending = createTask(
        coroutine(async () => {
          for (;;) await socket.send(new Uint8Array(1_000_000));
        })(),
      );
      await sleep(300);
      expect(sending.done()).toBe(false);
      sending.cancel();
      await fromPromise(Promise.allSettled([sending]));
      await socket.close();
    });
    await run(main());
    expect(socket.closeCode).toBe(1006);
  });

  test('a WebSocket holds a slot of the session as long as it is open', async () => {
    await using server = await startWebSocketServer(behave);
    await using narrow = new ClientSession({ limit: 1 });
    const first = await narrow.ws(server.url);
    let second: ClientWebSocket | null = null;
    const opening = narrow.ws(server.url).then((socket) => (second = socket));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(second).toBe(null);
    await first.close();
    await (await opening).close();
    await server.waitForConnections(0);
  });
});

describe('the end', () => {
  test('a connection that breaks is thrown as 1006; what came before is received first', async () => {
    await using server = await startWebSocketServer((peer) => {
      peer.write(text, 'last words');
      setTimeout(() => peer.socket.destroy(), 30);
    });
    await using socket = await session.ws(server.url);
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(await socket.receive()).toBe('last words');
    await expect(socket.receive()).rejects.toMatchObject({ closeCode: 1006 });
    await expect(socket.receiveText()).rejects.toMatchObject({ closeCode: 1006 });
    await expect(socket.ping()).rejects.toMatchObject({ closeCode: 1006 });
    await socket.close();
  });

  test('close() waits for the goodbye, for closeTimeout at most', async () => {
    const said: number[] = [];
    await using polite = await startWebSocketServer((peer) => {
      peer.onFrame(({ payload }) => said.push(payload.readUInt16BE(0)));
      behave(peer);
    });
    const first = await session.ws(polite.url);
    await first.close(4000, 'enough');
    expect([first.closeCode, said]).toEqual([4000, [4000]]);
    await using rude = await startWebSocketServer(() => undefined);
    const second = await session.ws(rude.url, { closeTimeout: 30 });
    await second.close();
    expect(second.closeCode).toBe(1006);
    await rude.waitForConnections(0);
    expect(() => second.close(1001)).toThrow(/1000/u);
  });

  test('a heartbeat that nobody answers ends it; one that is answered does not', async () => {
    await using dead = await startWebSocketServer(() => undefined);
    const socket = await session.ws(dead.url, { heartbeat: 30 });
    await expect(socket.receive()).rejects.toMatchObject({
      closeCode: 1006,
      closeReason: expect.stringMatching(/ping/u),
    });
    await dead.waitForConnections(0);
    await using alive = await startWebSocketServer(behave);
    await using other = await session.ws(alive.url, { heartbeat: 20 });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(other.closed).toBe(false);
  });

  test('a signal and the end of the session end it with their errors', async () => {
    await using server = await startWebSocketServer(behave);
    const controller = new AbortController();
    const first = await session.ws(server.url, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(first.receive()).rejects.toThrow('enough');
    await expect(session.ws(server.url, { signal: controller.signal })).rejects.toThrow('enough');
    const own = new ClientSession();
    const second = await own.ws(server.url);
    const waiting = second.receive().then(null, (error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 10));
    await own.close();
    expect(await waiting).toMatchObject({ code: 'COTASK_HTTP_SESSION_CLOSED' });
    await server.waitForConnections(0);
    await expect(own.ws(server.url)).rejects.toMatchObject({ code: 'COTASK_HTTP_SESSION_CLOSED' });
  });
});

test('a session on a connector of others ends its own WebSockets only, open or opening', async () => {
  await using server = await startWebSocketServer(behave);
  await using silent = await startServer(() => undefined);
  await using connector = new Connector();
  await using other = new ClientSession({ connector });
  const own = new ClientSession({ connector });
  const [first, second] = [await own.ws(server.url), await other.ws(server.url)];
  const opening = own.ws(silent.url).then(null, (error: unknown) => error);
  await silent.waitForRequests(1);
  await own.close();
  expect(await opening).toMatchObject({ code: 'COTASK_HTTP_SESSION_CLOSED' });
  await expect(first.receive()).rejects.toMatchObject({ code: 'COTASK_HTTP_SESSION_CLOSED' });
  expect(second.closed).toBe(false);
  await silent.waitForConnections(0);
  await connector.close();
  await server.waitForConnections(0);
});

const waits = {
  async: {
    open: coroutine(async (own: ClientSession, url: string) => void (await own.ws(url))),
    receive: coroutine(async (socket: ClientWebSocket) => void (await socket.receive())),
    ping: coroutine(async (socket: ClientWebSocket) => void (await socket.ping())),
    close: coroutine(async (socket: ClientWebSocket) => await socket.close()),
  },
  generator: {
    *open(own: ClientSession, url: string) {
      yield* own.ws(url);
    },
    receive: coroutine(function* (socket: ClientWebSocket) {
      yield* socket.receive();
    }),
    ping: coroutine(function* (socket: ClientWebSocket) {
      yield* socket.ping();
    }),
    close: coroutine(function* (socket: ClientWebSocket) {
      yield* socket.close();
    }),
  },
};

describe.each(['async', 'generator'] as const)('a cancel in the %s gear', (gear) => {
  test('while it opens ends the connection and frees the slot', async () => {
    await using silent = await startServer(() => undefined);
    await using narrow = new ClientSession({ limit: 1 });
    for (let time = 0; time < 2; time++) {
      await run(
        coroutine(async () => {
          const task = createTask(coroutine(waits[gear].open)(narrow, silent.url));
          await fromPromise(silent.waitForRequests(time + 1));
          task.cancel();
          await fromPromise(Promise.allSettled([task]));
          expect(task.cancelled()).toBe(true);
        })(),
      );
    }
    await silent.waitForConnections(0);
  });

  test.each(['receive', 'ping'] as const)('while it waits in %s() leaves the socket open', async (wait) => {
    await using server = await startWebSocketServer((peer) =>
      peer.onFrame(({ kind, payload }) => {
        if (kind === text) peer.write(text, payload);
        if (kind === close) peer.write(close, payload);
      }),
    );
    await using socket = await session.ws(server.url, { closeTimeout: 20 });
    await run(
      coroutine(async () => {
        const task = createTask(waits[gear][wait](socket));
        await sleep(20);
        task.cancel();
        await fromPromise(Promise.allSettled([task]));
        expect(task.cancelled()).toBe(true);
        await socket.send('hello');
        expect(await socket.receive()).toBe('hello');
      })(),
    );
  });

  test('while it closes ends the connection at once', async () => {
    await using rude = await startWebSocketServer(() => undefined);
    const socket = await session.ws(rude.url);
    await run(
      coroutine(async () => {
        const task = createTask(waits[gear].close(socket));
        await sleep(20);
        task.cancel();
        await fromPromise(Promise.allSettled([task]));
        expect(task.cancelled()).toBe(true);
        await fromPromise(rude.waitForConnections(0));
      })(),
    );
  });
});
