// What tests get for node:async_hooks in a browser, where nothing carries a store: it runs what it is given, and knows nothing.

export class AsyncLocalStorage {
  run(_store, callback, ...args) {
    return callback(...args);
  }

  getStore() {}

  enterWith() {}
}
