/** axios, with an agent that keeps its connections. */
import { Agent } from 'node:http';
import axios from 'axios';
import { downloadWith } from '../http/job.ts';

export function openClient(atOnce) {
  const httpAgent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const get = async (url) => (await axios.get(url, { responseType: 'arraybuffer', httpAgent })).data.length;
  return { download: (jobs, width) => downloadWith(get, jobs, width), close: () => httpAgent.destroy() };
}
