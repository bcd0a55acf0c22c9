// The program of download-all.ts with the loop in one's own hands, as asyncio's programs were written before `run`.
//
//   npx --no-install node --conditions=cotask-source examples/download-all-by-hand.ts [URL…]
//
// JavaScript cannot block its thread, so `runUntilComplete` gives a promise. And whoever holds the loop holds the signals
// too: Ctrl-C ends this program at once, without the clean-up that `runMain` sees to.
import { coroutine, ensureFuture, gather, getEventLoop } from 'cotask';
import { ClientSession } from '@cotask/http';
import { openUrls } from './open-urls.ts';

const downloadOne = coroutine(async (session: ClientSession, url: string) => {
  await using response = await session.get(url);
  const body = await response.bytes();
  console.log(`Read ${body.length} from ${url}`);
});

const downloadAll = coroutine(async (urls: readonly string[]) => {
  await using session = new ClientSession();
  const tasks = urls.map((url) => ensureFuture(downloadOne(session, url)));
  await gather(tasks);
});

await using list = await openUrls();
const loop = getEventLoop();
const began = performance.now();
try {
  await loop.runUntilComplete(downloadAll(list.urls));
} finally {
  loop.close();
}
const seconds = (performance.now() - began) / 1000;
console.log(`Download ${list.urls.length} urls in ${seconds.toFixed(3)} seconds`);
