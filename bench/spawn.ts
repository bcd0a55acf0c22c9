/** `npm run bench -- spawn`: what it costs to start a task and to wait for it. See README.md. */
import { compare } from './trials/compare.ts';

await compare({
  trial: 'spawn',
  operation: 'one task',
  count: 100_000,
  bars: { generator: 2.5, async: 1.5 },
  peers: ['Effect', 'Effection'],
});
