/** `npm run bench -- queues`: what an item costs on its way through a bounded queue. See README.md. */
import { compare } from './trials/compare.ts';

await compare({
  trial: 'queues',
  operation: 'one item',
  count: 1_000_000,
  bars: { generator: 5, async: 2 },
  peers: ['Effect', 'Effection'],
});
