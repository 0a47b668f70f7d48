'use strict';

class Hub {
  constructor() {
    this.listeners = {};
  }

  on(name, listener) {
    this.listeners[name] = this.listeners[name] || [];
    this.listeners[name].push(listener);
    return () => {
      const list = this.listeners[name];
      list.splice(list.indexOf(listener), 1);
    };
  }

  once(name, listener) {
    const remove = this.on(name, (...args) => {
      listener(...args);
      remove();
    });
    return remove;
  }

  send(name, ...args) {
    const list = this.listeners[name] || [];
    for (let i = 0; i < list.length; i++) list[i](...args);
    for (const listener of this.listeners['*'] || []) listener(name, ...args);
    return list.length;
  }

  count(name) {
    return (this.listeners[name] || []).length;
  }
}

module.exports = { Hub };
