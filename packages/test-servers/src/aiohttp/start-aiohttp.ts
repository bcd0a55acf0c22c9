/** A Python aiohttp server as a child process: how others speak WebSocket and chunked HTTP. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { findPythonWith } from '../daemons/find-program.ts';

/** A running server: `/echo` and `/count?to=3` (WebSockets), `/refuse` (403), `/chunks`, and what server.py has besides. */
export interface AiohttpServer extends AsyncDisposable {
  /** Another port, that of an asyncio server: `/extensions`, `/trailers`, `/hints`, which aiohttp does not write. */
  readonly rawUrl: string;
  /** `http://127.0.0.1:43211`, no trailing slash. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts it; null, with a line on stderr, where no Python with aiohttp is installed (Debian's `python3-aiohttp`). */
export async function startAiohttp(): Promise<AiohttpServer | null> {
  const python = findPythonWith('aiohttp');
  if (python === null) return null;
  const script = fileURLToPath(new URL('server.py', import.meta.url));
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const line: unknown = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([first]) => first),
    ended.then(() => Promise.reject(new Error('the aiohttp server ended before it had a port'))),
  ]);
  const close = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  const [url = '', rawUrl = ''] = String(line)
    .split(' ')
    .map((port) => `http://127.0.0.1:${port}`);
  return { url, rawUrl, close, [Symbol.asyncDispose]: close };
}
