/** `npm run bench -- timers`: what a sleep costs. See README.md. */
import { compare } from './trials/compare.ts';

await compare({
  trial: 'timers',
  operation: 'one sleep',
  count: 100_000,
  bars: { generator: 4, async: 3 },
  barOf: 'cpuNs',
  peers: ['Effect', 'Effection'],
});
