// Each case against Node's own client with the least a client needs on top (redirects, codings, charsets): what comes
// of it must be what the table says of a good client. Where Node's client is no good client, `nodeDiffers` says so; an
// entry that is no longer true fails.

import { Agent } from 'node:http';
import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../ask.ts';
import type { Asked, AskOptions } from '../ask.ts';
import type { HostileCase } from './hostile-case.ts';
import { hostileCase, hostileCases } from './hostile-cases.ts';
import { startHostileOrigin } from './start-hostile-origin.ts';
import type { HostileOrigin } from './start-hostile-origin.ts';

type Outcome = 'response' | 'error' | 'bounded';

/** What Node's client makes of a case instead of what the table asks for. */
const nodeDiffers = new Map<string, Outcome>([
  // Its parser takes what follows the message for the next one, and the request fails though its answer was whole.
  ['surplus-bytes', 'error'],
  ['no-content-with-body', 'error'],
  ['not-modified-with-body', 'error'],
  ['head-with-body', 'error'],
  // It retries nothing by itself.
  ['closed-on-reuse', 'error'],
  ['reset-on-reuse', 'error'],
  // It looks only for "chunked".
  ['transfer-encoding-gzip', 'response'],
  ['transfer-encoding-unknown', 'response'],
  ['status-099', 'response'],
]);

let origin: HostileOrigin;

beforeAll(async () => {
  origin = await startHostileOrigin();
});

afterAll(() => origin.close());

describe('the table', () => {
  test('has each name once, in kebab-case, and the name is the path', () => {
    expect(new Set(hostileCases.map(({ name }) => name)).size).toBe(hostileCases.length);
    for (const { name, path } of hostileCases) {
      expect(name).toMatch(/^[a-z]+(-[a-z0-9]+)*$/);
      expect(path).toBe(`/${name}`);
      expect(origin.urlOf(name)).toBe(origin.url + path);
    }
  });

  test('says in sentences what is played and what is right', () => {
    for (const { plays, expects } of hostileCases) {
      expect(plays).toMatch(/^[A-Z]/);
      expect(expects.rule).toMatch(/^[A-Z].*[.)]$/);
    }
  });

  test('promises no file where none can be stored', () => {
    for (const { name, expects } of hostileCases) {
      if (expects.stored !== null) expect(['stored', 'final'], name).toContain(expects.download);
      if (expects.download === 'stored') expect(expects.stored ?? expects.body, name).not.toBeNull();
    }
  });

  test('is searched by name', () => {
    expect(hostileCase('body-trickle').path).toBe('/body-trickle');
    expect(() => hostileCase('kindness')).toThrow(RangeError);
  });
});

test.each(hostileCases)('$name: $plays', async (hostile) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const outcomes = outcomesOf(hostile);
    expect(outcomes).toContain(await play(hostile, agent));
  } finally {
    agent.destroy();
  }
  await origin.waitForConnections(0);
});

function outcomesOf({ name, expects }: HostileCase): readonly Outcome[] {
  const differs = nodeDiffers.get(name);
  if (differs !== undefined) return [differs];
  return expects.client === 'either' ? ['response', 'error'] : [expects.client];
}

/** Asks as often as the case says; a response counts only if it is the one expected. */
async function play({ name, method, headers, requests, expects }: HostileCase, agent: Agent): Promise<Outcome> {
  // Only what never ends by itself may run into the limit; on a slow machine nothing else does.
  const limit = expects.client === 'bounded' ? 100 : 20_000;
  const signal = AbortSignal.timeout(limit);
  try {
    let answer = await follow(origin.urlOf(name), { method, headers, agent, signal });
    for (let asked = 1; asked < requests; asked++) {
      if (!keepsItsConnection.has(name)) await origin.waitForConnections(0);
      answer = await follow(origin.urlOf(name), { method, headers, agent, signal });
    }
    if (nodeDiffers.has(name)) return 'response';
    const body = decode(answer);
    expect(answer.status).toBe(expects.status);
    if (expects.body !== null) expect(textOf(body, answer)).toBe(expects.body);
    return 'response';
  } catch (error) {
    if (signal.aborted || isTooLarge(error)) return 'bounded';
    if (error instanceof Error && error.name === 'AssertionError') throw error;
    return 'error';
  }
}

const keepsItsConnection = new Set(['closed-on-reuse', 'reset-on-reuse']);

async function follow(url: string, options: AskOptions): Promise<Asked> {
  for (let followed = 0, at = url; followed <= 10; followed++) {
    const answer = await ask(at, { ...options, cutRedirects: true });
    if (answer.status !== 302 || answer.headers.location === undefined) return answer;
    // Node hands fields out in Latin-1.
    at = new URL(Buffer.from(answer.headers.location, 'latin1').toString(), at).href;
    if (!at.startsWith('http:')) throw new Error(`A redirect to ${at}`);
  }
  throw new Error('Too many redirects');
}

function decode({ headers, body }: Asked): Buffer {
  const codings = (headers['content-encoding'] ?? '').split(',').map((coding) => coding.trim());
  if (codings.length > 5) throw new Error('Too many codings');
  const limit = { maxOutputLength: 1024 * 1024 };
  return codings.reduceRight((bytes: Buffer, coding) => {
    if (coding === 'gzip') return gunzipSync(bytes, limit);
    if (coding !== 'deflate') return bytes;
    return (bytes[0] ?? 0) % 16 === 8 ? inflateSync(bytes, limit) : inflateRawSync(bytes, limit);
  }, body);
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}

function textOf(bytes: Buffer, { headers }: Asked): string {
  const charset = /charset=([\w-]+)/.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  const marked = bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]));
  return new TextDecoder(marked || charset.startsWith('x-') ? 'utf-8' : charset).decode(bytes);
}
