import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import type { LookupAddress } from 'node:dns';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NameResolver } from './resolve-name.ts';

/** A name server that knows `*.test`: a real socket, and as much of RFC 1035 as one question needs. */
class NameServer {
  readonly asked: string[] = [];
  readonly silentAbout: Set<string> = new Set();
  readonly #socket: Socket = createSocket('udp4');

  async start(): Promise<string> {
    this.#socket.on('message', (query, { port, address }) => {
      const answer = this.#answer(query);
      if (answer !== null) this.#socket.send(answer, port, address);
    });
    await new Promise<void>((resolve) => this.#socket.bind(0, '127.0.0.1', resolve));
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }

  #answer(query: Buffer): Buffer | null {
    const labels: string[] = [];
    let at = 12;
    for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
      labels.push(query.toString('latin1', at + 1, at + 1 + length));
      at += length + 1;
    }
    const question = query.subarray(12, at + 5);
    const isSix = query.readUInt16BE(at + 1) === 28;
    const name = labels.join('.').toLowerCase();
    this.asked.push(`${name} ${isSix ? 'AAAA' : 'A'}`);
    if (this.silentAbout.has(`${name} ${isSix ? 'AAAA' : 'A'}`)) return null;
    const known =
      name.endsWith('.test') && !(isSix && name.startsWith('four.')) && !(!isSix && name.startsWith('six.'));
    const head = Buffer.alloc(12);
    query.copy(head, 0, 0, 2);
    head.writeUInt16BE(0x8180 | (known || name.endsWith('.test') ? 0 : 3), 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(known ? 1 : 0, 6);
    if (!known) return Buffer.concat([head, question]);
    const address = isSix ? Buffer.from('20010db8000000000000000000000001', 'hex') : Buffer.of(192, 0, 2, 1);
    const record = Buffer.alloc(12);
    record.writeUInt16BE(0xc00c, 0);
    record.writeUInt16BE(isSix ? 28 : 1, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt32BE(60, 6);
    record.writeUInt16BE(address.length, 10);
    return Buffer.concat([head, question, record, address]);
  }
}

const FOUR = { address: '192.0.2.1', family: 4 };
const SIX = { address: '2001:db8::1', family: 6 };

describe('NameResolver', () => {
  const server = new NameServer();
  const systemAsked: string[] = [];
  let resolver: NameResolver;
  let address = '';

  const askSystem = async (name: string): Promise<LookupAddress[]> => {
    systemAsked.push(name);
    if (name.startsWith('missing')) throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    return [{ address: '127.0.0.9', family: 4 }];
  };

  beforeEach(async () => {
    address ||= await server.start();
    server.asked.length = 0;
    systemAsked.length = 0;
    resolver = new NameResolver({ servers: [address], hostsFile: new Set(['named.in.hosts']), askSystem });
  });
  afterEach(() => resolver.close());

  const all = (name: string, options: object = {}): Promise<unknown> =>
    new Promise((resolve, reject) =>
      resolver.lookup(name, { all: true, ...options }, (error, found) =>
        error === null ? resolve(found) : reject(error),
      ),
    );

  test('asks the name servers for both families', async () => {
    expect(await all('files.test')).toEqual([FOUR, SIX]);
    expect(server.asked.toSorted()).toEqual(['files.test A', 'files.test AAAA']);
    expect(systemAsked).toEqual([]);
  });

  test('gives what there is of a name with one family', async () => {
    expect(await all('four.test')).toEqual([FOUR]);
    expect(await all('six.test')).toEqual([SIX]);
  });

  test('answers in the form that node:net asks for', async () => {
    const one = await new Promise((resolve) =>
      resolver.lookup('files.test', {}, (_error, found, family) => resolve([found, family])),
    );
    expect(one).toEqual(['192.0.2.1', 4]);
    expect(await all('files.test', { family: 6 })).toEqual([SIX]);
    await expect(all('four.test', { family: 6 })).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  test.each(['localhost', 'printer', 'sub.localhost', 'box.local', 'named.in.hosts', 'NAMED.in.hosts'])(
    'leaves %s to the system',
    async (name) => {
      expect(await all(name)).toEqual([{ address: '127.0.0.9', family: 4 }]);
      expect(systemAsked).toEqual([name.toLowerCase()]);
      expect(server.asked).toEqual([]);
    },
  );

  test('asks the system, once, for a name that the servers do not know', async () => {
    expect(await all('intranet.example')).toEqual([{ address: '127.0.0.9', family: 4 }]);
    expect(await all('intranet.example')).toEqual([{ address: '127.0.0.9', family: 4 }]);
    expect(systemAsked).toEqual(['intranet.example']);
  });

  test('remembers a name that nobody knows', async () => {
    await expect(all('missing.example')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(all('missing.example')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    expect(systemAsked).toEqual(['missing.example']);
  });

  test('asks once for many who want the same name at the same time', async () => {
    await Promise.all(Array.from({ length: 100 }, () => all('busy.test')));
    expect(server.asked.toSorted()).toEqual(['busy.test A', 'busy.test AAAA']);
  });

  test('does not wait for the addresses of one family when those of the other are there', async () => {
    server.silentAbout.add('half.test AAAA');
    const began = performance.now();
    expect(await all('half.test')).toEqual([FOUR]);
    expect(performance.now() - began).toBeLessThan(1_500);
  });

  test('asks for many names at once', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `n${index}.test`);
    const found = await Promise.all(names.map((name) => all(name)));
    expect(found).toEqual(names.map(() => [FOUR, SIX]));
    await server.stop();
  });
});
