/** `npm run bench -- limits`: what a job costs when so many may run at a time. See README.md. */
import { compare } from './trials/compare.ts';

await compare({
  trial: 'limits',
  operation: 'one job',
  count: 100_000,
  bars: null,
  also: 'forEach',
  peers: ['Effect', 'p-limit', 'p-map', 'p-queue'],
});
