// One thread of the pool. Plain JavaScript and Node's own client: what costs a thread least to load. It says when it is
// ready, begins when it is told to, and posts the number of bytes that it received.
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

const { origin, files, next } = workerData;
/** The number of the next download, shared by all threads. */
const counter = new Int32Array(next);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

const download = (i) =>
  new Promise((done, failed) => {
    const request = get(`${origin}/${i}`, { agent }, (response) => {
      let bytes = 0;
      response.on('data', (chunk) => (bytes += chunk.length));
      response.once('end', () => done(bytes));
      response.once('error', failed);
    });
    request.once('error', failed);
  });

parentPort.postMessage('ready');
await once(parentPort, 'message');
let received = 0;
for (let i = Atomics.add(counter, 0, 1); i < files; i = Atomics.add(counter, 0, 1)) received += await download(i);
agent.destroy();
parentPort.postMessage(received);
parentPort.close();
