// The files that `npm test` runs on every host that is there: each kind of wait, cancels, scopes, and what is the platform's.
export const quick = [
  'packages/cotask/src/host/*.test.ts',
  'packages/cotask/src/probes/{cancel,context,ended,foreign,open-waits,order,rejections,then}.test.ts',
  'packages/cotask/src/probes/scopes-{group,timeout,together}.test.ts',
  'packages/cotask/src/queues/queue.test.ts',
  'packages/cotask/src/run/*.test.ts',
  'packages/cotask/src/sync/{condition,lock,semaphore}.test.ts',
  'packages/cotask/src/tasks/{default-loop,future,sleep,task}.test.ts',
  'packages/cotask/src/together/gather.test.ts',
];
