// asyncio's classic program: several URLs read at once, a task for each.
//
//   npx --no-install node --conditions=cotask-source examples/download-all.ts [URL…]
//
// Ctrl-C cancels what is under way: sessions and responses are closed, and the exit code is 130.
import { coroutine, ensureFuture, gather, runMain } from 'cotask';
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

const main = coroutine(async () => {
  await using list = await openUrls();
  const began = performance.now();
  await downloadAll(list.urls);
  const seconds = (performance.now() - began) / 1000;
  console.log(`Download ${list.urls.length} urls in ${seconds.toFixed(3)} seconds`);
});

runMain(main());
