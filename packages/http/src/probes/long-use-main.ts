/**
 * A program that lives long: `ORIGIN REQUESTS SEED`. One session, 50 workers, requests of every kind, and a twentieth more
 * before them; it prints how they ended, what it held at forty moments on the way, and what was left in the end.
 */
import { coroutine, createTask, gather, run, sleep, timeout, type Awaitable } from 'cotask';
import { ClientSession, type ClientResponse } from '../index.ts';
import { Random } from './random.ts';
import { openResources } from './slow-places.ts';

/** What the program held after the collector had gone over it. */
export interface LongUseSample {
  readonly done: number;
  /** Bytes. */
  readonly heap: number;
  readonly rss: number;
  readonly sockets: number;
}

/** What it prints in the end. */
export interface LongUseReport {
  /** How often each kind of request ended how. */
  readonly ends: Record<string, number>;
  readonly samples: readonly LongUseSample[];
  readonly cookies: number;
  /** Open resources before the session was made, and after it was closed. */
  readonly before: Record<string, number>;
  readonly after: Record<string, number>;
}

const workers = 50;
/** Fewer than the workers, so that some wait for their turn. */
const limit = 40;
const moments = 40;
const told = 100_000;

const [origin = '', count = '', seed = ''] = process.argv.slice(2);

const requests = Number(count);
/** Until the memory that the program needs in any case is its own. */
const warmUp = requests / 20;
const random = new Random(Number(seed));
const ends: Record<string, number> = {};
const samples: LongUseSample[] = [];
let begun = 0;
let done = 0;

type Play = (session: ClientSession) => Awaitable<string>;

const sizes = [0, 1, 1000, 1000, 1000, 10_000, 65_536, 300_000];

const read = coroutine(async (answer: Awaitable<ClientResponse>) => {
  const response = await answer;
  await response.bytes();
  return String(response.status);
});

/** Most of its body is on the way when it is released. */
const release = coroutine(async (session: ClientSession) => {
  const response = await session.get(`${origin}/bytes/65536`);
  response.release();
  return String(response.status);
});

const cancel = coroutine(async (session: ClientSession) => {
  const task = createTask(read(session.get(`${origin}/stalled`)));
  await sleep(random.below(3));
  task.cancel();
  return await task;
});

/** How each kind is asked for, and how often in a hundred. */
const plays: readonly (readonly [kind: string, share: number, play: Play])[] = [
  ['bytes', 55, (session) => read(session.get(`${origin}/bytes/${random.pick(sizes)}`))],
  ['chunks', 10, (session) => read(session.get(`${origin}/chunks/${random.pick([100, 5000])}`))],
  ['redirect', 8, (session) => read(session.get(`${origin}/redirect`))],
  ['missing', 5, (session) => read(session.get(`${origin}/missing`))],
  ['gzip', 5, (session) => read(session.get(`${origin}/gzip`))],
  ['cookie', 5, (session) => read(session.get(`${origin}/cookie/${random.below(300)}`))],
  ['echo', 4, (session) => read(session.post(`${origin}/echo`, { data: 'x'.repeat(1 + random.below(3000)) }))],
  ['released', 3, (session) => release(session)],
  ['close', 1, (session) => read(session.get(`${origin}/close`))],
  ['cut', 1, (session) => read(session.get(`${origin}/cut`))],
  ['half', 1, (session) => read(session.get(`${origin}/half`))],
  ['timed out', 1, (session) => timeout(random.below(4) + 1, async () => await read(session.get(`${origin}/silent`)))],
  ['cancelled', 1, (session) => cancel(session)],
];
const bag = plays.flatMap((play) => Array.from({ length: play[1] }, () => play));

const endOf = coroutine(async (played: Awaitable<string>) => {
  try {
    return await played;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
});

const work = coroutine(async (session: ClientSession) => {
  while (begun < warmUp + requests) {
    begun += 1;
    const [kind, , play] = random.pick(bag);
    const end = `${kind}: ${await endOf(play(session))}`;
    ends[end] = (ends[end] ?? 0) + 1;
    done += 1;
    if (done > warmUp && (done - warmUp) % Math.ceil(requests / moments) === 0) sample();
  }
});

function sample(): void {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  const sockets = openResources().TCPSocketWrap ?? 0;
  samples.push({ done: done - warmUp, heap: heapUsed, rss, sockets });
  if (requests < told) return;
  const [heap, all] = [heapUsed, rss].map((bytes) => (bytes / 1e6).toFixed(1));
  console.error(`${done} requests, ${(done / performance.now()).toFixed(1)} a ms, heap ${heap} MB, RSS ${all} MB`);
}

const main = coroutine(async () => {
  const before = openResources();
  const session = new ClientSession({ limit });
  await gather(Array.from({ length: workers }, () => work(session)));
  const cookies = session.cookieJar?.size ?? 0;
  await session.close();
  await sleep(50);
  const report: LongUseReport = { ends, samples, cookies, before, after: openResources() };
  console.log(JSON.stringify(report));
});

void run(main());
