'use strict';
const test = require('node:test');
const assert = require('node:assert/strict');
const { Hub } = require('./hub.js');

function recorder() {
  const calls = [];
  return { calls, note: (label) => (...args) => calls.push([label, ...args]) };
}

test('listeners are called in order', () => {
  const hub = new Hub();
  const { calls, note } = recorder();
  hub.on('tick', note('a'));
  hub.on('tick', note('b'));
  assert.equal(hub.send('tick', 1, 2), 2);
  assert.deepEqual(calls, [['a', 1, 2], ['b', 1, 2]]);
});

test('nobody listens', () => assert.equal(new Hub().send('tick'), 0));

test('removing one of two equal registrations', () => {
  const hub = new Hub();
  const { calls, note } = recorder();
  const listener = note('a');
  const other = note('b');
  hub.on('tick', listener);
  hub.on('tick', other);
  const remove = hub.on('tick', listener);
  remove();
  remove();
  assert.equal(hub.count('tick'), 2);
  hub.send('tick');
  assert.deepEqual(calls, [['a'], ['b']]);
});

test('once', () => {
  const hub = new Hub();
  const { calls, note } = recorder();
  hub.once('tick', note('a'));
  assert.deepEqual([hub.send('tick'), hub.send('tick')], [1, 0]);
  assert.deepEqual(calls, [['a']]);
});

test('once may send the same signal', () => {
  const hub = new Hub();
  let calls = 0;
  hub.once('tick', () => {
    calls += 1;
    if (calls < 5) hub.send('tick');
  });
  hub.send('tick');
  assert.equal(calls, 1);
});

test('a once does not hide its neighbour', () => {
  const hub = new Hub();
  const { calls, note } = recorder();
  hub.once('tick', note('a'));
  hub.on('tick', note('b'));
  hub.send('tick');
  assert.deepEqual(calls, [['a'], ['b']]);
});

test('once can be removed before', () => {
  const hub = new Hub();
  hub.once('tick', () => assert.fail('called'))();
  assert.equal(hub.send('tick'), 0);
});

test('listeners registered during the sending wait', () => {
  const hub = new Hub();
  const { calls, note } = recorder();
  hub.on('tick', () => hub.on('tick', note('late')));
  assert.equal(hub.send('tick'), 1);
  assert.deepEqual(calls, []);
});

test('listeners removed during the sending are left out', () => {
  const hub = new Hub();
  let remove = null;
  hub.on('tick', () => remove());
  remove = hub.on('tick', () => assert.fail('called'));
  assert.equal(hub.send('tick'), 1);
});

test('errors do not stop the others', () => {
  const hub = new Hub();
  const { calls, note } = recorder();
  hub.on('tick', () => { throw new Error('one'); });
  hub.on('tick', note('b'));
  hub.on('*', () => { throw new Error('two'); });
  assert.throws(() => hub.send('tick'), (error) => {
    assert.ok(error instanceof AggregateError);
    assert.deepEqual(error.errors.map(({ message }) => message), ['one', 'two']);
    return true;
  });
  assert.deepEqual(calls, [['b']]);
});

test('listeners for every signal', () => {
  const hub = new Hub();
  const { calls, note } = recorder();
  hub.on('*', note('all'));
  hub.on('tick', note('a'));
  assert.deepEqual([hub.send('tick', 7), hub.send('tock')], [2, 1]);
  assert.deepEqual(calls, [['a', 7], ['all', 'tick', 7], ['all', 'tock']]);
});

test('any name', () => {
  const hub = new Hub();
  assert.equal(hub.count('constructor'), 0);
  assert.equal(hub.send('constructor'), 0);
  hub.on('__proto__', () => {});
  assert.deepEqual([hub.count('__proto__'), hub.send('__proto__')], [1, 1]);
});
