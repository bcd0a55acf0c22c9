/** A task a download, on one loop, at most LIMIT connections: `loop-main.ts ORIGIN FILES LIMIT`. */
import { coroutine, gather, run } from 'cotask';
import { ClientSession } from '@cotask/http';
import { reportOn } from './report.ts';

const [origin = '', count = '', most = ''] = process.argv.slice(2);
const files = Number(count);
const limit = Number(most);

const downloadOne = coroutine(async (session: ClientSession, i: number) => {
  await using response = await session.get(`${origin}/${i}`);
  return (await response.bytes()).length;
});

const downloadAll = coroutine(async () => {
  await using session = new ClientSession({ limit });
  const sizes = await gather(Array.from({ length: files }, (_, i) => downloadOne(session, i)));
  return sizes.reduce((a, b) => a + b, 0);
});

await reportOn(files, () => run(downloadAll()));
