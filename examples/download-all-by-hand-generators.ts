// The program of download-all-by-hand.ts in the other gear: generator coroutines on a loop in one's own hands.
//
//   npx --no-install node --conditions=cotask-source examples/download-all-by-hand-generators.ts [URL…]
import { coroutine, ensureFuture, gather, getEventLoop } from 'cotask';
import { ClientSession } from '@cotask/http';
import { openUrls } from './open-urls.ts';

const downloadOne = coroutine(function* (session: ClientSession, url: string) {
  const response = yield* session.get(url);
  try {
    const body = yield* response.bytes();
    console.log(`Read ${body.length} from ${url}`);
  } finally {
    response.release();
  }
});

const downloadAll = coroutine(function* (urls: readonly string[]) {
  const session = new ClientSession();
  try {
    const tasks = urls.map((url) => ensureFuture(downloadOne(session, url)));
    yield* gather(tasks);
  } finally {
    yield* session.close();
  }
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
