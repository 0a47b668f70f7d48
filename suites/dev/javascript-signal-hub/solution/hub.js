'use strict';

class Hub {
  constructor() {
    this.registrations = new Map();
  }

  #add(name, listener, single) {
    const registration = { listener, single };
    if (!this.registrations.has(name)) this.registrations.set(name, new Set());
    this.registrations.get(name).add(registration);
    return () => void this.registrations.get(name).delete(registration);
  }

  on(name, listener) {
    return this.#add(name, listener, false);
  }

  once(name, listener) {
    return this.#add(name, listener, true);
  }

  send(name, ...args) {
    const calls = [...this.#list(name)].map((registration) => [name, registration, args]);
    if (name !== '*') calls.push(...[...this.#list('*')].map((registration) => ['*', registration, [name, ...args]]));
    const errors = [];
    let called = 0;
    for (const [list, registration, given] of calls) {
      if (!this.#list(list).has(registration)) continue;
      if (registration.single) this.#list(list).delete(registration);
      called += 1;
      try {
        registration.listener(...given);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, `listeners of ${name} failed`);
    return called;
  }

  #list(name) {
    return this.registrations.get(name) ?? new Set();
  }

  count(name) {
    return this.#list(name).size;
  }
}

module.exports = { Hub };
