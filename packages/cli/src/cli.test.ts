// The command as it is called: a process, its signals, its exit codes, its files.

import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileNameFor } from '@cotask/download';
import { startServer } from '@cotask/test-servers';
import type { TestServer } from '@cotask/test-servers';

const BIN = fileURLToPath(new URL('../bin/cotask.mjs', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

let parent = '';
let into = '';
const children: ChildProcess[] = [];
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'cli-'));
  into = join(parent, 'out');
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(parent, { recursive: true });
});

function start(
  words: readonly string[],
  { input = '', env = {}, uid }: { input?: string; env?: object; uid?: number } = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  const as = uid === undefined ? {} : { uid, gid: uid };
  const child = spawn(process.execPath, [BIN, ...words], { cwd: parent, env: { ...process.env, ...env }, ...as });
  children.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  child.stdin.on('error', () => {}).end(input);
  const ended = once(child, 'close').then(([code, signal]: (number | NodeJS.Signals | null)[]) => ({
    ...output,
    code: Number(code),
    signal: code === null ? (signal as NodeJS.Signals) : null,
  }));
  return { child, ended };
}

const cotask = (...words: string[]): Promise<Ended> => start(words).ended;
const list = (...lines: string[]): string => {
  const path = join(parent, 'urls.txt');
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
};
const serve = (): Promise<TestServer> =>
  startServer((request, response) => {
    response.statusCode = request.url?.startsWith('/gone') === true ? 404 : 200;
    response.end(`content of ${request.url}`);
  });

/** A server whose files never end, but for those under `/quick`. */
const hanging = (): Promise<TestServer> =>
  startServer((request, response) => {
    if (request.url?.startsWith('/quick') === true) return void response.end('x');
    response.writeHead(200, { 'content-length': 1_000_000 });
    response.write(Buffer.alloc(300_000));
  });

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('cotask download', () => {
  test('downloads a list, reports it and ends with 0', async () => {
    await using server = await serve();
    const { code, stdout, stderr } = await cotask(
      'download',
      list(`${server.url}/a.txt`, `${server.url}/b.txt`),
      '--into',
      into,
    );
    expect([code, stderr]).toEqual([0, `downloading ${join(parent, 'urls.txt')} into ${into}\n`]);
    expect(stdout).toMatch(/^2 files, \d+ B in .*\n {2}retries +0 retries\n {2}slowest /);
    expect(stdout).toContain(`files in      ${into}\n`);
    expect(stdout).toContain(join(into, 'report.json'));
    expect(readFileSync(join(into, fileNameFor(`${server.url}/b.txt`)), 'utf8')).toBe('content of /b.txt');
  });

  test('ends with 1 when lines failed, and names them', async () => {
    await using server = await serve();
    const { code, stdout, stderr } = await cotask(
      'download',
      list(`${server.url}/a`, `${server.url}/gone`, 'nonsense'),
      '--into',
      into,
    );
    expect(code).toBe(1);
    expect(stderr).toContain(`failed, line 2: ${server.url}/gone: the server answered 404 Not Found\n`);
    expect(stderr).toContain('failed, line 3: nonsense: this is not a URL');
    expect(stdout).toContain('1 × http 404\n');
    const failed = readFileSync(join(into, 'failed.txt'), 'utf8');
    expect(failed).toContain(`${server.url}/gone\n`);
    const again = await cotask('download', join(into, 'failed.txt'), '--into', into);
    expect([again.code, server.requestsByPath.get('/a'), server.requestsByPath.get('/gone')]).toEqual([1, 1, 2]);
  });

  test('says that a list holds no URL, and ends with 0: the list of failures of a good run is one', async () => {
    const { code, stdout } = await cotask('download', list('# nothing', ''), '--into', into);
    expect([code, stdout.split('\n')[0]]).toEqual([0, 'The list holds no URL: nothing was downloaded.']);
  });

  test('takes the list from standard input', async () => {
    await using server = await serve();
    const { ended } = start(['download', '-', '--into', into], {
      input: `\ufeff${server.url}/a\r\n# comment\r\n\r\n${server.url}/b`,
    });
    expect(await ended).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^2 files/),
      stderr: expect.stringContaining('the list on standard input'),
    });
  });

  test.skipIf(process.platform === 'win32')('takes the list from a pipe by its path', async () => {
    await using server = await serve();
    const pipe = join(parent, 'pipe');
    spawnSync('mkfifo', [pipe]);
    const { ended } = start(['download', pipe, '--into', into]);
    await writeFile(pipe, `${server.url}/a\n${server.url}/b\n`);
    expect(await ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^2 files/) });
    expect(await cotask('download', pipe, '--into', into, '--strict')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`The list ${pipe} can be read only once`),
    });
  });

  test('prints JSON only on standard output under --json: a line for each line, then a summary', async () => {
    await using server = await serve();
    const { code, stdout } = await cotask(
      'download',
      list(`${server.url}/a`, `${server.url}/gone`, 'nonsense'),
      '--into',
      into,
      '--json',
    );
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; line: number });
    expect(code).toBe(1);
    expect(lines.at(-1)).toMatchObject({ event: 'summary', files: 1, failed: 2, exitCode: 1, folder: into });
    expect(lines.slice(0, -1).toSorted((one, other) => one.line - other.line)).toEqual([
      {
        event: 'stored',
        line: 1,
        url: `${server.url}/a`,
        file: fileNameFor(`${server.url}/a`),
        bytes: 13,
        status: 200,
        tries: 1,
        elapsed: expect.any(Number),
      },
      {
        event: 'failed',
        line: 2,
        url: `${server.url}/gone`,
        file: expect.any(String),
        kind: 'http 404',
        status: 404,
        message: 'the server answered 404 Not Found',
        tries: 1,
      },
      {
        event: 'failed',
        line: 3,
        url: null,
        text: 'nonsense',
        kind: 'bad line',
        status: null,
        message: expect.stringContaining('not a URL'),
        tries: 0,
      },
    ]);
  });

  test('says nothing under --quiet but what failed', async () => {
    await using server = await serve();
    expect(await cotask('download', list(`${server.url}/a`), '--into', into, '--quiet')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    });
    const failing = await cotask('download', list(`${server.url}/gone`), '--into', into, '--quiet');
    expect(failing).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `cotask download: 1 failed: ${join(into, 'failed.txt')}\n`,
    });
  });

  test('goes on when nobody reads its output any more', async () => {
    await using server = await serve();
    const { child, ended } = start([
      'download',
      list(...Array.from({ length: 200 }, (_, index) => `${server.url}/${index}`)),
      '--into',
      into,
      '--json',
    ]);
    child.stdout?.destroy();
    expect(await ended).toMatchObject({ code: 0 });
    expect(readdirSync(into).length).toBe(201);
  });

  test('refuses files of an earlier run with 2, and takes --skip-existing and --overwrite', async () => {
    await using server = await serve();
    const words = ['download', list(`${server.url}/a`), '--into', into];
    expect(await cotask(...words)).toMatchObject({ code: 0 });
    expect(await cotask(...words)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('[COTASK_DOWNLOAD_EXISTS]\n  Use --skip-existing'),
    });
    expect(await cotask(...words, '--skip-existing')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 file that were there'),
    });
    expect(server.requests).toBe(1);
    expect(await cotask(...words, '--overwrite')).toMatchObject({ code: 0 });
    expect(server.requests).toBe(2);
  });

  test('refuses a folder into which another run downloads, and leaves that one its report', async () => {
    let finish = (): void => {};
    const asked = new Promise<void>((resolve) => {
      finish = resolve;
    });
    await using server = await startServer(async (_, response) => {
      await asked;
      response.end('x');
    });
    const first = start(['download', list(`${server.url}/a`), '--into', into]);
    await server.waitForRequests(1);
    expect(await cotask('download', list(`${server.url}/a`, `${server.url}/b`), '--into', into)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(
        `Another run downloads into ${into}: process ${first.child.pid}. [COTASK_DOWNLOAD_BUSY]\n  Wait for its end`,
      ),
    });
    finish();
    expect(await first.ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1 file,/) });
    expect(server.requests).toBe(1);
    expect(JSON.parse(readFileSync(join(into, 'report.json'), 'utf8'))).toMatchObject({ lines: 1, files: 1 });
  });

  test('ends with 2 when it met a file of an earlier run on its way', async () => {
    await using server = await serve();
    const urls = Array.from({ length: 300 }, (_, index) => `${server.url}/${index}`);
    mkdirSync(into);
    writeFileSync(join(into, fileNameFor(`${server.url}/299`)), 'old');
    const { ended } = start(['download', '-', '--into', into], { input: urls.join('\n') });
    expect(await ended).toMatchObject({ code: 2, stdout: expect.stringContaining('299 files') });
  });
});

describe('a command line that cannot be used', () => {
  const cases: [string, string[], string][] = [
    ['no command', [], 'COTASK_CLI_USAGE'],
    ['an unknown command', ['downlod', 'x'], 'COTASK_CLI_USAGE'],
    ['an unknown option', ['download', 'x', '--into', 'out', '--limt', '5'], 'COTASK_CLI_USAGE'],
    ['no folder', ['download', 'x'], 'COTASK_CLI_USAGE'],
    ['a missing list', ['download', 'nope.txt', '--into', 'out'], 'COTASK_DOWNLOAD_LIST'],
    ['a folder for a list', ['download', '.', '--into', 'out'], 'COTASK_DOWNLOAD_LIST'],
    ['a bad line under --strict', ['download', 'bad.txt', '--into', 'out', '--strict'], 'COTASK_DOWNLOAD_STRICT'],
    ['a list in UTF-16', ['download', 'wide.txt', '--into', 'out'], 'COTASK_DOWNLOAD_LIST'],
  ];

  test.each(cases)('%s: 2, a code, a hint, no stack trace, nothing written', async (_, words, code) => {
    writeFileSync(join(parent, 'bad.txt'), 'file:///etc/passwd\n');
    writeFileSync(join(parent, 'wide.txt'), Buffer.from('\ufeffhttp://a/', 'utf16le'));
    const ended = await cotask(...words);
    expect(ended).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(new RegExp(`^cotask.*\\[${code}\\]\n {2}\\w`, 's')),
    });
    expect(ended.stderr).not.toMatch(/^ +at /m);
    expect(readdirSync(parent).toSorted()).toEqual(['bad.txt', 'wide.txt']);
  });

  test('shows a stack trace under --debug, and with COTASK_DEBUG=1', async () => {
    expect((await cotask('download', 'nope.txt', '--into', 'out', '--debug')).stderr).toMatch(/^ +at /m);
    const { ended } = start(['download', 'nope.txt', '--into', 'out'], { env: { COTASK_DEBUG: '1' } });
    expect((await ended).stderr).toMatch(/^ +at /m);
  });

  test('says so in JSON under --json', async () => {
    const { code, stdout } = await cotask('download', 'nope.txt', '--into', 'out', '--json');
    expect([code, JSON.parse(stdout)]).toEqual([
      2,
      {
        event: 'error',
        code: 'COTASK_DOWNLOAD_LIST',
        message: 'The list nope.txt does not exist.',
        hint: expect.any(String),
        exitCode: 2,
      },
    ]);
  });

  test('help and version are no errors', async () => {
    expect(await cotask('--help')).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('cotask download urls.txt --into files'),
    });
    expect(await cotask('download', '--help')).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/Usage:[^]*--limit-per-host N[^]*Exit codes:[^]*Examples:/),
    });
    expect(await cotask('--version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });
});

describe('a signal', () => {
  test('SIGINT takes no more lines, gives what is under way its time, reports and ends with 130', async () => {
    let finish = (): void => {};
    const asked = new Promise<void>((resolve) => {
      finish = resolve;
    });
    await using server = await startServer(async (_, response) => {
      await asked;
      response.end('whole');
    });
    const { child, ended } = start([
      'download',
      list(...Array.from({ length: 50 }, (_, index) => `${server.url}/${index}`)),
      '--into',
      into,
      '--limit-per-host',
      '3',
    ]);
    await server.waitForRequests(3);
    // One Ctrl-C under npm: the terminal sends it to both, and npm hands it on.
    child.kill('SIGINT');
    child.kill('SIGINT');
    child.stderr?.on('data', (text: string) => text.includes('stopping') && finish());
    const { code, stdout, stderr } = await ended;
    expect([code, server.requests]).toEqual([130, 3]);
    expect(stderr).toContain('stopping: no more lines are taken; 3 under way get 5.0 s. A second signal ends at once.');
    expect(stdout).toMatch(/^3 files, 15 B .* stopped early with 47 lines/);
    expect(readdirSync(into).filter((name) => name.startsWith('http')).length).toBe(3);
    expect(readdirSync(into)).not.toContain('.cotask');
    expect(JSON.parse(readFileSync(join(into, 'report.json'), 'utf8'))).toMatchObject({
      end: 'stopped',
      files: 3,
      dropped: 47,
    });
  });

  test('SIGTERM does the same and ends with 143', async () => {
    await using server = await serve();
    const waiting = spawn(process.execPath, [BIN, 'download', '-', '--into', into], {
      cwd: parent,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    children.push(waiting);
    waiting.stdin.write(`${server.url}/a\n`);
    await server.waitForRequests(1);
    waiting.kill('SIGTERM');
    expect(await once(waiting, 'close')).toEqual([143, null]);
    expect(readdirSync(into)).toContain('report.json');
  });

  test.skipIf(process.platform === 'win32')('ends the wait for a pipe that nobody writes to', async () => {
    const pipe = join(parent, 'pipe');
    spawnSync('mkfifo', [pipe]);
    const { child, ended } = start(['download', pipe, '--into', into]);
    child.stderr?.once('data', () => child.kill('SIGINT'));
    setTimeout(() => child.kill('SIGKILL'), 4_000).unref();
    expect(await ended).toMatchObject({ code: 130, signal: null, stdout: expect.stringContaining('stopped early') });
  });

  test('a second one ends at once, and the next run clears what is left', async () => {
    await using server = await hanging();
    const words = ['download', list(`${server.url}/1`, `${server.url}/2`), '--into', into];
    const { child, ended } = start(words);
    await server.waitForRequests(2);
    await until(() => partsIn(into) === 2);
    child.kill('SIGINT');
    child.stderr?.on('data', (text: string) => text.includes('stopping') && child.kill('SIGINT'));
    expect(await ended).toMatchObject({ code: 130, stdout: '' });
    expect(partsIn(into)).toBe(2);
    const next = await cotask('download', list(`${server.url}/quick`), '--into', into);
    expect(next).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/cleared +2 part files \(\d+ kB\) of 1 run that died/),
    });
    expect(readdirSync(into).toSorted()).toEqual([fileNameFor(`${server.url}/quick`), 'report.json'].toSorted());
  });

  test('SIGKILL leaves no file that is not whole under its name', async () => {
    await using server = await hanging();
    const { child, ended } = start(['download', list(`${server.url}/quick`, `${server.url}/1`), '--into', into]);
    await server.waitForRequests(2);
    await until(() => partsIn(into) === 1 && existsSync(join(into, fileNameFor(`${server.url}/quick`))));
    child.kill('SIGKILL');
    expect(await ended).toMatchObject({ signal: 'SIGKILL' });
    expect(readdirSync(into).toSorted()).toEqual(['.cotask', fileNameFor(`${server.url}/quick`)].toSorted());
    expect(await cotask('download', list(`${server.url}/quick2`), '--into', into)).toMatchObject({ code: 0 });
    expect(existsSync(join(into, '.cotask'))).toBe(false);
  });

  function partsIn(folder: string): number {
    if (!existsSync(join(folder, '.cotask'))) return 0;
    return readdirSync(join(folder, '.cotask'), { recursive: true }).filter((name) => String(name).endsWith('.part'))
      .length;
  }
});

describe('too few file handles', () => {
  test.skipIf(process.platform === 'win32')(
    'are made do with: fewer requests at once, and every file in the end',
    async () => {
      await using server = await startServer((_, response) => void setTimeout(() => response.end('x'), 20));
      const path = list(...Array.from({ length: 300 }, (_, index) => `${server.url}/${index}`));
      const limited = `ulimit -n 64; exec "${process.execPath}" "${BIN}" download "${path}" --into "${into}" --limit 200 --limit-per-host 200`;
      const child = spawn('sh', ['-c', limited], { cwd: parent, stdio: 'ignore' });
      children.push(child);
      expect(await once(child, 'close')).toEqual([0, null]);
      const report = JSON.parse(readFileSync(join(into, 'report.json'), 'utf8')) as { files: number; retries: number };
      expect(report.files).toBe(300);
      expect(report.retries).toBeGreaterThan(0);
    },
  );
});

describe('a folder that cannot be written', () => {
  const isRoot = process.getuid?.() === 0;

  test('because a file stands in its place: 3, and the file stays', async () => {
    await using server = await serve();
    writeFileSync(into, 'mine');
    const { code, stderr } = await cotask('download', list(`${server.url}/a`), '--into', into);
    expect([code, stderr.split('\n')[0], server.requests]).toEqual([
      3,
      `cotask download: ${into} is not a folder (EEXIST). [COTASK_DOWNLOAD_FOLDER]`,
      0,
    ]);
    expect(readFileSync(into, 'utf8')).toBe('mine');
  });

  test.each(['report.json', 'failed.txt'])('because %s is a folder: 3, before the first request', async (name) => {
    await using server = await serve();
    mkdirSync(join(into, name), { recursive: true });
    const { code, stderr } = await cotask('download', list(`${server.url}/a`), '--into', into);
    expect([code, stderr.split('\n')[0], server.requests]).toEqual([
      3,
      `cotask download: ${join(into, name)} is a folder, and this run would write a file of that name. [COTASK_DOWNLOAD_FOLDER]`,
      0,
    ]);
  });

  test.skipIf(process.platform === 'win32')('because of its permissions: 3, before the first request', async () => {
    await using server = await serve();
    mkdirSync(into);
    chmodSync(into, 0o555);
    chmodSync(parent, 0o755);
    const words = ['download', list(`${server.url}/a`), '--into', into];
    const { code, stderr } = await start(words, isRoot ? { uid: 65_534 } : {}).ended;
    expect([code, server.requests]).toEqual([3, 0]);
    expect(stderr).toContain(`The folder ${into} may not be written (EACCES). [COTASK_DOWNLOAD_FOLDER]`);
    expect(readdirSync(into)).toEqual([]);
  });

  /** A small file system of its own, in a mount namespace that ends with the command. */
  const small = (mount: string, command: string): string[] => [
    '--user',
    '--map-root-user',
    '--mount',
    'sh',
    '-c',
    `mkdir -p "$0" && mount -t tmpfs ${mount} tmpfs "$0" && ${command}`,
    into,
  ];
  const canMount =
    process.platform === 'linux' &&
    spawnSync('unshare', ['--user', '--map-root-user', '--mount', 'sh', '-c', 'mount -t tmpfs tmpfs /mnt'], {
      stdio: 'ignore',
    }).status === 0;
  if (!canMount)
    console.warn('skipped: a full disk and a read-only one, because this system lets nobody mount a small file system');

  async function inNamespace(mount: string, words: readonly string[], after: string): Promise<Ended> {
    const command = `"${process.execPath}" "${BIN}" ${words.join(' ')}; code=$?; ${after}; exit $code`;
    const child = spawn('unshare', small(mount, command), { cwd: parent });
    children.push(child);
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    const [code] = await once(child, 'close');
    return { ...output, code: Number(code), signal: null };
  }

  test.runIf(canMount)('because the disk is full: 3, with what was done until then, and no part left', async () => {
    await using server = await startServer((_, response) => void response.end(Buffer.alloc(300_000)));
    const urls = Array.from({ length: 40 }, (_, index) => `${server.url}/${index}`);
    const { code, stdout, stderr } = await inNamespace(
      '-o size=2m',
      ['download', list(...urls), '--into', into, '--limit-per-host', '2'],
      'ls -A "$0" | sed "s/^/left: /"',
    );
    expect([code, stderr]).toEqual([
      3,
      expect.stringContaining(
        `The folder ${into} is on a disk that is full (ENOSPC). [COTASK_DOWNLOAD_FOLDER]\n  Free some space`,
      ),
    ]);
    expect(stdout).toMatch(/^\d files, .* stopped early with \d+ lines/);
    const left = stdout.match(/^left: .*/gm) ?? [];
    expect(left.length).toBeGreaterThan(2);
    expect(left.every((name) => /^left: (?:http\+127\.0\.0\.1\+\d+,\d+|report\.json)$/.test(name))).toBe(true);
    expect(server.requests).toBeLessThan(30);
  });

  test.runIf(canMount)('because the file system is read-only: 3, before the first request', async () => {
    await using server = await serve();
    const { code, stderr } = await inNamespace('-o ro', ['download', list(`${server.url}/a`), '--into', into], 'true');
    expect([code, server.requests]).toEqual([3, 0]);
    expect(stderr).toContain('is on a read-only file system (EROFS). [COTASK_DOWNLOAD_FOLDER]');
  });
});
