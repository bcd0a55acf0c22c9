// What a host lacks: the tests of the kernel that do not run there, each with the reason. This file is the whole list; a run
// on a host fails if an entry fits no test any more.
//
// `test` is the beginning of a test's full name (its suites and itself, joined by ` > `, cut where the report of a run cuts it); without it the whole file is meant.

const kernel = 'packages/cotask/src';

const browser = ['chromium'];

export const lacking = [
  // Node before 24, where a store is kept in async_hooks instead of a frame.
  {
    hosts: ['node-22'],
    file: `${kernel}/probes/context.test.ts`,
    test: 'a store entered inside a generator body is lost at its next step',
    why: 'Node 22 keeps what `enterWith` sets for the whole generator',
  },
  {
    hosts: ['node-22'],
    file: `${kernel}/together/worker.test.ts`,
    test: 'the tasks of a map() over generators > hand on no stores that an item has entered',
    why: 'Node 22 keeps what `enterWith` sets for as long as the task runs, the next item included',
  },

  {
    hosts: ['node-22', 'node-24', 'deno', 'bun'],
    file: `${kernel}/watch/debug-mode.test.ts`,
    test: 'debug mode > shows the calls of a body that wait',
    why: 'the stack inside a `then` has no frames of those who await',
  },

  // Deno
  {
    hosts: ['deno'],
    file: `${kernel}/probes/rejections.test.ts`,
    test: 'promises of the platform that are given the signal reject with our cancel',
    why: 'its `once` of node:events rejects without the signal’s reason as cause, so that the task ends failed, not cancelled',
  },
  ...[
    ['lost-errors', 'an error whose future is collected > is reported then'],
    ['lost-errors', 'a task that failed is collected while one that it has made goes on waiting'],
    ['who-waits', 'what a task has taken and filled does not keep it: its failure is reported when it is collected'],
  ].map(([name, test]) => ({
    hosts: ['deno'],
    file: `${kernel}/tasks/${name}.test.ts`,
    test,
    why: 'keeps what the frames of an error’s stack point to: the error is reported at the end of the loop',
  })),
  {
    hosts: ['deno'],
    file: `${kernel}/host/without-context.test.ts`,
    why: 'an open MessageChannel, which only a platform without async context needs, keeps Deno alive',
  },

  // Bun
  {
    hosts: ['bun'],
    file: `${kernel}/probes/rejections.test.ts`,
    test: 'every other rejection that nobody holds keeps its fate > a listener of the user sees it, and not ours',
    why: 'a listener of the user’s for `unhandledRejection` hears of our cancels too: Bun calls listeners past `emit`',
  },
  {
    hosts: ['bun'],
    file: `${kernel}/probes/rejections.test.ts`,
    test: "every other rejection that nobody holds keeps its fate > a user's error with our cancel",
    why: 'what Bun still prints before it ends differs from run to run, without a loop too',
  },

  {
    hosts: ['bun'],
    file: `${kernel}/watch/at-exit.test.ts`,
    test: 'a failure is printed with the tasks through which it came',
    why: 'prints an error with the text of its program instead of the stack that names the tasks',
  },

  // Browsers: no process, no files
  { hosts: browser, file: `${kernel}/watch/at-exit.test.ts`, why: 'is about how a process ends' },
  { hosts: browser, file: `${kernel}/doors.test.ts`, why: 'reads the sources from the disk' },
  { hosts: browser, file: `${kernel}/rooms.test.ts`, why: 'reads the sources from the disk' },
  { hosts: browser, file: `${kernel}/host/node.test.ts`, why: 'is about the host of Node, Deno and Bun' },
  {
    hosts: browser,
    file: `${kernel}/host/without-context.test.ts`,
    why: 'starts a process; the browser is this case itself',
  },
  { hosts: browser, file: `${kernel}/probes/rejections.test.ts`, why: 'is about how a process ends' },
  { hosts: browser, file: `${kernel}/probes/differential/differential.test.ts`, why: 'starts CPython' },
  { hosts: browser, file: `${kernel}/probes/context.test.ts`, why: 'is about AsyncLocalStorage, which no browser has' },
  { hosts: browser, file: `${kernel}/probes/stores.test.ts`, why: 'is about AsyncLocalStorage, which no browser has' },
  { hosts: browser, file: `${kernel}/tasks/signals.test.ts`, why: 'is about signals' },
  { hosts: browser, file: `${kernel}/run/signal-receiver.test.ts`, why: 'is about signals' },
  {
    hosts: browser,
    file: `${kernel}/run/runner.test.ts`,
    test: 'SIGINT during a run that handles signals',
    why: 'is about signals',
  },
  ...['async', 'generator'].flatMap((gear) =>
    [
      ['sync/rate-limiter', `a rate limiter, in the ${gear} gear > calls what it wraps in the context of its caller`],
      ['tasks/context', `a context, in the ${gear} gear > holds the stores of the platform as well`],
      [
        'tasks/context',
        `a context, in the ${gear} gear > in which an async function runs on is still that after its waits`,
      ],
    ].map(([name, test]) => ({
      hosts: browser,
      file: `${kernel}/${name}.test.ts`,
      test,
      why: 'compares with AsyncLocalStorage, which no browser has',
    })),
  ),
  ...[
    'is which task failed, in the context of that task',
    'is which callback failed, in the context of that callback',
  ].map((what) => ({
    hosts: browser,
    file: `${kernel}/tasks/lost-errors.test.ts`,
    test: `what the exception handler is told > ${what}`,
    why: 'compares with AsyncLocalStorage, which no browser has',
  })),
  {
    hosts: browser,
    file: `${kernel}/errors.test.ts`,
    test: 'its stack begins with its words',
    why: 'writes the head of a stack when the error is made, before anybody has asked for its words',
  },
  ...['async', 'generator'].map((gear) => ({
    hosts: browser,
    file: `${kernel}/interop/from-event.test.ts`,
    test: `fromEvent(), in the ${gear} gear > hears an emitter that was made to forget all its listeners while others wait`,
    why: 'has no EventEmitter, and an EventTarget cannot be told to forget its listeners',
  })),
  ...[
    'fromCallback(), in the async gear > waits for real functions of the platform',
    'fromCallback(), in the generator gear > waits for real functions of the platform',
    'fromCallback() is typed',
  ].map((test) => ({ hosts: browser, file: `${kernel}/interop/from-callback.test.ts`, test, why: 'uses node:fs' })),
  ...['async', 'generator'].map((gear) => ({
    hosts: browser,
    file: `${kernel}/together/map.test.ts`,
    test: `map(), in the ${gear} gear > has its tasks in its own context`,
    why: 'uses AsyncLocalStorage, which no browser has',
  })),
  {
    hosts: browser,
    file: `${kernel}/probes/foreign.test.ts`,
    test: 'a platform turn between the steps of one task keeps nobody else from running',
    why: 'uses `process.nextTick`',
  },

  // Browsers: no async context, so a variable tells the async gear who runs. It is right until a body awaits a promise that
  // is not ours, and where a body has one wait of ours open at a time; the generator gear needs no hint.
  {
    hosts: browser,
    file: `${kernel}/host/async-context.test.ts`,
    test: 'a variable follows what a wake assumes; the platform needs no hint',
    why: 'the platform does need the hint',
  },
  ...[
    ['cancel', 'a cancel that finds no wait of ours open comes at the next one'],
    ['cancel', 'a cancel that a value overtook survives a foreign promise'],
    ['cancel', 'a foreign promise that is given the signal > rejects unseen: the cancel is still due'],
    ['ended', 'a platform timer that a task left behind > waits on the loop of that task while this is open'],
    ['foreign', 'a task that stands at a foreign promise is waiting, with no wait of ours open'],
    ['open-waits', 'of two timeouts side by side each is cancelled, though only one has a wait of ours open'],
    ['scopes-group-open-waits', 'a child that fails while the body stands at a foreign promise > cancels the body'],
  ].map(([name, test]) => ({
    hosts: browser,
    file: `${kernel}/probes/${name}.test.ts`,
    test,
    why: 'nobody knows whose code runs after an await of a foreign promise',
  })),
  {
    hosts: browser,
    file: `${kernel}/tasks/default-loop.test.ts`,
    test: 'the running loop > is the one whose task or callback runs',
    why: 'nobody knows whose code runs after an await of a foreign promise',
  },
  ...['async', 'generator'].flatMap((gear) =>
    ['is cancelled there, and waited for', 'is cancelled there when an item fails'].map((what) => ({
      hosts: browser,
      file: `${kernel}/together/map.test.ts`,
      test: `the source of a map(), in the ${gear} gear > that waits for something of ours ${what}`,
      why: 'nobody knows whose code an async generator is when it goes on',
    })),
  ),
  ...['async', 'generator'].flatMap((gear) =>
    [
      'keeps its value when the cancel comes i',
      'cancels a source that waits for something of ours there, and the source cleans up',
      ...(gear === 'generator'
        ? ['can be waited for in the clean-up of a ', 'closes a source also while another task waits for its next item']
        : []),
    ].map((what) => ({
      hosts: browser,
      file: `${kernel}/interop/pull.test.ts`,
      test: `pull(), in the ${gear} gear > ${what}`,
      why: 'nobody knows whose code an async generator is when it goes on',
    })),
  ),
  ...[
    'fails when its body fails after it was closed',
    'cancels its body when it is aborted, also during a write, and waits for its clean-up',
  ].map((what) => ({
    hosts: browser,
    file: `${kernel}/interop/streams.test.ts`,
    test: `toWritableStream(), in the async gear > ${what}`,
    why: 'nobody knows whose code runs after an await of a foreign promise',
  })),
  {
    hosts: browser,
    file: `${kernel}/interop/events.test.ts`,
    test: 'for await over events > closes them when it is left, by break and by a cancel',
    why: 'nobody knows whose code an async generator is when it goes on',
  },
  ...['async', 'generator'].map((gear) => ({
    hosts: browser,
    file: `${kernel}/together/map.test.ts`,
    test: `the source of a map(), in the ${gear} gear > is named where nothing can feed it`,
    why: 'nobody knows whose code an async generator is when it goes on',
  })),
  ...[
    'a tracked async generator is closed at the end of the run, after the leftovers',
    'tasks that a generator leaves when it is closed are cancelled as well',
  ].map((test) => ({
    hosts: browser,
    file: `${kernel}/run/async-generators.test.ts`,
    test,
    why: 'nobody knows whose code an async generator is when it goes on',
  })),
  {
    hosts: browser,
    file: `${kernel}/together/race.test.ts`,
    test: 'race(), in the async gear > has the loop report a loser that fails in its clean-up',
    why: 'the report runs as nobody’s code, and so does what the body does right after it',
  },
  {
    hosts: browser,
    file: `${kernel}/scopes/shielded.test.ts`,
    test: 'a shielded scope, in the async gear > drops the request of a scope that has ended meanwhile',
    why: 'a helper that its body does not await is not told apart from it',
  },
  {
    hosts: browser,
    file: `${kernel}/tasks/task.test.ts`,
    test: 'Task, in the async gear > gives its value outside any task',
    why: 'a callback that awaits twice goes on as code of the task that it waited for',
  },
  ...[
    [
      'random-cancel',
      '1,000 tasks that wait by two queues at once > leave nothing when they are cancelled at random, in the async',
    ],
    ['scopes-group-open-waits', 'a wait beside a group that aborts is not in the group: it stays open'],
    ['scopes-group-open-waits', 'two groups side by side in one task > one fails, the other ends well'],
    ['scopes-nesting', 'timeouts side by side in one task > end each by its own deadline'],
    [
      'scopes-nesting',
      'timeouts side by side in one task > may have their deadlines in one tick: siblings do not count',
    ],
    ['scopes-nesting', 'timeouts side by side in one task > count each its own request, until its exit'],
  ].map(([name, test]) => ({
    hosts: browser,
    file: `${kernel}/probes/${name}.test.ts`,
    test,
    why: 'waits and scopes that are open side by side in one async body are not told apart: give each a task',
  })),
  ...['fifo', 'priority', 'weighted', 'random'].flatMap((policy) =>
    ['async', 'mixed'].map((gear) => ({
      hosts: browser,
      file: `${kernel}/probes/invariants/invariants.test.ts`,
      test: `random programs under ${policy} > break no invariant in the ${gear} gear`,
      why: 'the programs have waits, scopes and foreign promises side by side in async bodies, which are not told apart',
    })),
  ),
  {
    hosts: browser,
    file: `${kernel}/together/worker.test.ts`,
    test: 'the tasks of a map() over generators > leave behind what an item leaves behind',
    why: 'what goes on after a foreign promise is not known to be of the item',
  },
  { hosts: browser, file: `${kernel}/tasks/inspected.test.ts`, why: 'prints with node:util' },
];
