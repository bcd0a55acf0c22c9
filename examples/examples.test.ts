// Each example runs as a program of its own, against a real server, as a reader runs it.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { startServer } from '@cotask/test-servers';

interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

interface RunningExample {
  readonly ended: Promise<Ending>;
  interrupt(): void;
}

const start = (name: string, urls: readonly string[] = []): RunningExample => {
  const program = fileURLToPath(new URL(`./${name}`, import.meta.url));
  const child = spawn(process.execPath, ['--conditions=cotask-source', program, ...urls], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, COTASK_DEBUG: '' },
    timeout: 25_000,
  });
  const [output, errors] = [child.stdout, child.stderr].map((stream) => {
    const chunks: string[] = [];
    stream.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
    return chunks;
  });
  const ended = new Promise<Ending>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const lines = (output ?? []).join('').split('\n').slice(0, -1);
      resolve({ code, signal, lines, errors: (errors ?? []).join('') });
    });
  });
  return { ended, interrupt: () => void child.kill('SIGINT') };
};

const kibibyteServer = () => startServer((_request, response) => void response.end(Buffer.alloc(1024)));

/** Answers nobody before three have asked: a program that reads one URL after the other never ends. */
const patientServer = async () => {
  const server = await startServer(async (_request, response) => {
    await server.waitForRequests(3);
    response.end(Buffer.alloc(1024));
  });
  return server;
};
const silentServer = () => startServer(() => {});
const closingLine = /^Download 3 urls in \d+\.\d{3} seconds$/;

const programs = [
  { name: 'download-all.ts', gently: true },
  { name: 'download-all-generators.ts', gently: true },
  { name: 'download-all-by-hand.ts', gently: false },
  { name: 'download-all-by-hand-generators.ts', gently: false },
];

describe.each(programs)('$name', ({ name, gently }) => {
  test('reads the URLs of the command line at once, and says how long it took', async () => {
    await using server = await patientServer();
    const urls = ['a', 'b', 'c'].map((path) => `${server.url}/${path}`);
    const { code, lines, errors } = await start(name, urls).ended;
    expect(errors).toBe('');
    expect(lines.slice(0, 3).toSorted()).toEqual(urls.map((url) => `Read 1024 from ${url}`));
    expect(lines.slice(3)).toEqual([expect.stringMatching(closingLine)]);
    expect(code).toBe(0);
  });

  test('reads three URLs of an origin of its own when it is given none', async () => {
    const { code, lines, errors } = await start(name).ended;
    expect(errors).toBe('');
    expect(lines.slice(0, 3)).toEqual(
      Array(3).fill(expect.stringMatching(/^Read \d+ from http:\/\/127\.0\.0\.1:\d+\/files\/\d\//)),
    );
    expect(lines.slice(3)).toEqual([expect.stringMatching(closingLine)]);
    expect(code).toBe(0);
  });

  test('names the URL that cannot be read, and fails', async () => {
    await using server = await kibibyteServer();
    const closed = await silentServer();
    await closed.close();
    const { code, lines, errors } = await start(name, [`${server.url}/a`, `${closed.url}/b`]).ended;
    expect(errors).toContain(`GET ${closed.url}/b`);
    expect(errors).toContain('COTASK_HTTP_CONNECT');
    expect(lines.filter((line) => line.startsWith('Download'))).toEqual([]);
    expect(code).toBe(1);
  });

  test('ends by Ctrl-C, and leaves no connection', async () => {
    await using server = await silentServer();
    const urls = ['a', 'b', 'c'].map((path) => `${server.url}/${path}`);
    const example = start(name, urls);
    await server.waitForRequests(3);
    example.interrupt();
    const { code, signal, lines, errors } = await example.ended;
    expect({ code, signal }).toEqual(gently ? { code: 130, signal: null } : { code: null, signal: 'SIGINT' });
    expect(lines).toEqual([]);
    expect(errors).toBe('');
    await server.waitForConnections(0);
  });
});
