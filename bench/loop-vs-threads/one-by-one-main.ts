/** One download after the other: `one-by-one-main.ts ORIGIN FILES`. */
import { coroutine, run } from 'cotask';
import { ClientSession } from '@cotask/http';
import { reportOn } from './report.ts';

const [origin = '', count = ''] = process.argv.slice(2);
const files = Number(count);

const downloadAll = coroutine(async () => {
  await using session = new ClientSession();
  let bytes = 0;
  for (let i = 0; i < files; i++) {
    await using response = await session.get(`${origin}/${i}`);
    bytes += (await response.bytes()).length;
  }
  return bytes;
});

await reportOn(files, () => run(downloadAll()));
