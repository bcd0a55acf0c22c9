/** undici's `request`, the client that the others are measured by. */
import { Agent, request } from 'undici';
import { downloadWith } from './job.ts';
import type { Client } from './job.ts';

export function openClient(atOnce: number): Client {
  const dispatcher = new Agent({ connections: atOnce, allowH2: false });
  const get = async (url: string): Promise<number> => {
    const { body } = await request(url, { dispatcher });
    return (await body.bytes()).length;
  };
  return { download: (jobs, width) => downloadWith(get, jobs, width), close: () => dispatcher.close() };
}
