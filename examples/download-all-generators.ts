// The program of download-all.ts in the other gear: `function*` for `async`, `yield*` for `await`.
//
//   npx --no-install node --conditions=cotask-source examples/download-all-generators.ts [URL…]
//
// A generator has no `await using`, so what is opened is closed in `finally`; and a promise that is not ours is waited for
// through `fromPromise`. The two gears share one loop, and one program may use both.
import { coroutine, ensureFuture, fromPromise, gather, runMain } from 'cotask';
import { ClientSession } from '@cotask/http';
import { openUrls } from './open-urls.ts';
import type { OpenUrls } from './open-urls.ts';

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

const main = coroutine(function* (list: OpenUrls) {
  try {
    const began = performance.now();
    yield* downloadAll(list.urls);
    const seconds = (performance.now() - began) / 1000;
    console.log(`Download ${list.urls.length} urls in ${seconds.toFixed(3)} seconds`);
  } finally {
    yield* fromPromise(list.close());
  }
});

runMain(main(await openUrls()));
