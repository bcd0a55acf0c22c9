/** `npm run bench -- cancel`: what it costs to cancel a task that waits. See README.md. */
import { compare } from './trials/compare.ts';

await compare({
  trial: 'cancel',
  operation: 'one task',
  count: 100_000,
  bars: { generator: 5.6, async: 1 },
  peers: ['Effect', 'Effection'],
});
