/**
 * Programs that end in different ways; the first argument says which one runs. What counts is how the process ends and
 * what it prints, so nothing stands between them and the platform, and Node 22 runs this text as it is: no `using`.
 */

import { once } from 'node:events';
import { watch } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setImmediate as nodeTurn, setTimeout as nodeSleep } from 'node:timers/promises';

import {
  Event,
  Queue,
  coroutine,
  createTask,
  currentTask,
  getRunningLoop,
  openSignalReceiver,
  run,
  runMain,
  sleep,
} from '../../index.ts';
import type { Task } from '../../index.ts';

type Program = () => unknown;

/** A task that starts what nobody awaits yet, then waits at a queue; cancelled after a moment, while both are open. */
async function cancelledBeforeItAwaits(
  start: () => Promise<unknown>,
  after?: (left: Promise<unknown>) => Promise<void>,
): Promise<void> {
  const main = coroutine(async () => {
    const task = createTask(
      coroutine(async () => {
        const left = start();
        try {
          await new Queue<string>().get();
          await left;
        } catch (error) {
          if (after === undefined) throw error;
          await after(left);
        }
      })(),
    );
    await sleep(5);
    task.cancel('x');
    console.log('task', await ending(task));
    await nodeSleep(20);
  });
  await run(main());
  await nodeSleep(20);
  console.log('alive');
}

async function ending(task: Task<unknown>): Promise<string> {
  try {
    await task;
    return 'returned';
  } catch (error) {
    return codeOf(error);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

async function getFromEmptyQueue(): Promise<string> {
  return await new Queue<string>().get();
}

function signalOfTask(): AbortSignal {
  const task = currentTask();
  if (task === null) throw new Error('no task runs this line');
  return task.signal;
}

/** Rejects `reason` unheld while a run is under way. */
async function rejectUnheld(reason: unknown): Promise<void> {
  await run(
    coroutine(async () => {
      await sleep(30);
      void Promise.reject(reason);
      await sleep(20);
    })(),
  );
  console.log('alive');
}

/** The same without anything of ours: what the platform does. */
async function rejectAlone(reason: unknown): Promise<void> {
  await nodeSleep(30);
  void Promise.reject(reason);
  await nodeSleep(20);
  console.log('alive');
}

/** The cancel that a task of ours ends with. */
async function deliveredCancel(): Promise<unknown> {
  const task = createTask(coroutine(getFromEmptyQueue)());
  await sleep(1);
  task.cancel('x');
  try {
    return await task;
  } catch (error) {
    return error;
  }
}

const programs: Record<string, Program> = {
  'helper that nobody holds': () => cancelledBeforeItAwaits(getFromEmptyQueue),

  'helper held late': () =>
    cancelledBeforeItAwaits(getFromEmptyQueue, async (left) => {
      await sleep(5);
      await left.catch((error: unknown) => console.log('held', codeOf(error)));
    }),

  'abort that nobody holds': () => cancelledBeforeItAwaits(() => nodeSleep(500, 0, { signal: signalOfTask() })),

  'helper of a leftover': () =>
    run(
      coroutine(async () => {
        void getFromEmptyQueue();
        await sleep(1);
        console.log('main ends');
      })(),
    ),

  'error without a loop': () => rejectAlone(new Error('boom')),
  'value without a loop': () => rejectAlone(42),
  'foreign error': () => rejectUnheld(new Error('boom')),
  'foreign value': () => rejectUnheld(42),

  'listener of the user': async () => {
    process.on('unhandledRejection', (reason) => console.log('listener', reason));
    await cancelledBeforeItAwaits(getFromEmptyQueue);
    await rejectUnheld(42);
  },

  'error with our cancel as cause': () =>
    run(
      coroutine(async () => {
        void Promise.reject(new Error('mine', { cause: await deliveredCancel() }));
        await sleep(20);
        console.log('alive');
      })(),
    ),

  'after the last loop': async () => {
    const cancel = await run(coroutine(deliveredCancel)());
    // Turns, and not time alone: on a busy machine a timer may be due before the first turn after the loop.
    for (let i = 0; i < 5; i++) await nodeTurn();
    await nodeSleep(20);
    void Promise.reject(cancel);
    await nodeSleep(20);
    console.log('alive');
  },

  'platform promises given the signal': async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
    const waits: Record<string, (signal: AbortSignal) => Promise<unknown>> = {
      timers: (signal) => nodeSleep(5000, 0, { signal }),
      once: (signal) => once(server, 'never', { signal }),
      watch: (signal) => Array.fromAsync(watch(import.meta.dirname, { signal })),
      fetch: (signal) => fetch(url, { signal }),
    };
    for (const [name, wait] of Object.entries(waits)) await run(coroutine(tellRejection)(name, wait));
    server.close();
    server.closeAllConnections();
  },

  'main that returns': () => runMain(coroutine(async () => console.log('slept', await sleep(20, 'well')))()),
  'main that fails': () => runMain(coroutine(failAfter)(5)),
  'task that fails unseen': () =>
    runMain(
      coroutine(async () => {
        createTask(coroutine(failAfter)(1), { name: 'unlucky' });
        await sleep(200);
        console.log('main ends');
      })(),
    ),
  'main that is signalled': () =>
    runMain(
      coroutine(async () => {
        console.log('ready');
        try {
          await sleep(60_000);
        } finally {
          await sleep(5);
          console.log('clean');
        }
      })(),
    ),

  'main that is signalled twice at once': () => runMain(coroutine(signalledTwice)(0)),
  'main that is signalled again': () => runMain(coroutine(signalledTwice)(400)),
  'main with a handler of its own': () =>
    runMain(
      coroutine(async () => {
        const asked = new Event();
        getRunningLoop().addSignalHandler(
          'SIGINT',
          (what: string) => {
            console.log(what);
            asked.set();
          },
          'handled',
        );
        console.log('ready');
        await asked.wait();
        console.log(getRunningLoop().removeSignalHandler('SIGINT'));
      })(),
    ),
  'run that is interrupted': async () => {
    const main = coroutine(async () => {
      try {
        process.kill(process.pid, 'SIGINT');
        await sleep(60_000);
      } finally {
        await sleep(5);
        console.log('clean');
      }
    });
    console.log(await run(main(), { handleSignals: true }).catch(codeOf));
  },
  'main that receives signals': () =>
    runMain(
      coroutine(async () => {
        const signals = openSignalReceiver('SIGUSR2', 'SIGHUP');
        console.log('ready');
        for await (const name of signals) {
          console.log(name);
          if (name === 'SIGHUP') break;
          process.kill(process.pid, 'SIGHUP');
        }
        signals.close();
      })(),
    ),

  'deadlock of main': () => runMain(coroutine(waitForEachOther)()),
  'deadlock of a run': async () => {
    try {
      await run(coroutine(waitForEachOther)());
    } catch (error) {
      console.log('run', codeOf(error), error instanceof Error && error.message.includes('partner'));
    }
  },
  'deadlock in the generator gear': () =>
    runMain(
      coroutine(function* () {
        yield* new Queue<string>().get();
      })(),
    ),
  'queue that a socket feeds': () => runMain(coroutine(getFromSocket)()),
  'debug mode': () => runMain(coroutine(async () => console.log('debug', getRunningLoop().getDebug()))()),
  'deadlock that a timer outlives': () =>
    runMain(
      coroutine(async () => {
        const queue = new Queue<string>();
        createTask(coroutine(async () => queue.putNowait(await sleep(50, 'item')))());
        console.log(await queue.get());
      })(),
    ),
};

async function tellRejection(name: string, wait: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const task = createTask(
    coroutine(async () => {
      try {
        await wait(signalOfTask());
      } catch (error) {
        const cause = error instanceof Error ? error.cause : undefined;
        console.log(
          name,
          error instanceof Error ? error.name : error,
          codeOf(error) === 'COTASK_CANCELLED' ? 'itself' : codeOf(cause),
        );
        throw error;
      }
    })(),
  );
  await sleep(20);
  task.cancel('x');
  console.log(name, await ending(task), task.cancelled());
}

/** Sends itself SIGINT twice, so many milliseconds apart, while its clean-up runs. */
async function signalledTwice(apart: number): Promise<void> {
  const interrupt = (): void => void process.kill(process.pid, 'SIGINT');
  try {
    interrupt();
    await sleep(60_000);
  } finally {
    getRunningLoop().callLater(apart, interrupt);
    await sleep(600);
    console.log('clean');
  }
}

async function failAfter(ms: number): Promise<void> {
  await sleep(ms);
  throw new Error('boom');
}

/** While the bytes are on their way the loop has no timer, and no task that anything of ours could wake. */
async function getFromSocket(): Promise<void> {
  const queue = new Queue<string>();
  const server = createTcpServer((socket) => setTimeout(() => socket.end('from a socket'), 50)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  connect(port, '127.0.0.1').on('data', (bytes) => queue.putNowait(bytes.toString()));
  console.log(await queue.get());
  server.close();
}

async function waitForEachOther(): Promise<void> {
  const partner = createTask(coroutine(getFromEmptyQueue)(), { name: 'partner' });
  await partner;
}

process.on('exit', (code) => console.log('exit', code));
const program = programs[process.argv[2] ?? ''];
if (program === undefined) throw new Error(`no program is called ${process.argv[2]}`);
void program();
