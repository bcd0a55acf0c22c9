/** `npm run bench -- locks`: what it costs to hold a lock that others want. See README.md. */
import { compare } from './trials/compare.ts';

await compare({
  trial: 'locks',
  operation: 'one hold',
  count: 100_000,
  bars: { generator: 5, async: 2 },
  peers: ['Effect'],
});
