/** got, with an agent that keeps its connections. */
import { Agent } from 'node:http';
import got from 'got';
import { downloadWith } from '../http/job.ts';

export function openClient(atOnce) {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const get = async (url) => (await got(url, { agent: { http: agent } }).buffer()).length;
  return { download: (jobs, width) => downloadWith(get, jobs, width), close: () => agent.destroy() };
}
