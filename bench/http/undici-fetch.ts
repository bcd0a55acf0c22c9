/** undici's `fetch`. */
import { Agent, fetch } from 'undici';
import { downloadWith } from './job.ts';
import type { Client } from './job.ts';

export function openClient(atOnce: number): Client {
  const dispatcher = new Agent({ connections: atOnce, allowH2: false });
  const get = async (url: string): Promise<number> => {
    const response = await fetch(url, { dispatcher });
    return (await response.bytes()).length;
  };
  return { download: (jobs, width) => downloadWith(get, jobs, width), close: () => dispatcher.close() };
}
