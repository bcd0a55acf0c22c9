// What tests get for node:events in a browser: an emitter of that shape, as packages bring it along.

export class EventEmitter {
  #listeners = new Map();

  on(name, listener) {
    this.#listeners.set(name, [...this.#of(name), { listener, once: false }]);
    return this;
  }

  once(name, listener) {
    this.#listeners.set(name, [...this.#of(name), { listener, once: true }]);
    return this;
  }

  off(name, listener) {
    const left = this.#of(name);
    const index = left.findLastIndex((each) => each.listener === listener);
    const rest = left.filter((_, place) => place !== index);
    if (rest.length > 0) this.#listeners.set(name, rest);
    else this.#listeners.delete(name);
    return this;
  }

  emit(name, ...values) {
    const called = this.#of(name);
    if (called.length === 0 && name === 'error') throw values[0];
    for (const { listener, once } of called) {
      if (once) this.off(name, listener);
      listener.apply(this, values);
    }
    return called.length > 0;
  }

  eventNames() {
    return [...this.#listeners.keys()];
  }

  listenerCount(name) {
    return this.#of(name).length;
  }

  #of(name) {
    return this.#listeners.get(name) ?? [];
  }
}
