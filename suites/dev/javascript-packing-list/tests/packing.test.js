'use strict';
const test = require('node:test');
const assert = require('node:assert/strict');
const { sentence } = require('./packing.js');

test('the example', () =>
  assert.equal(sentence(['Sock', 'tent', 'sock ', 'torch', 'Torch']), 'Pack 2 socks, tent and 2 torches.'));

test('nothing', () => assert.equal(sentence([]), 'Nothing to pack.'));

test('empty names', () => assert.equal(sentence(['', '  ']), 'Nothing to pack.'));

test('one name', () => assert.equal(sentence(['Map']), 'Pack map.'));

test('two names', () => assert.equal(sentence(['map', 'rope']), 'Pack map and rope.'));

test('three names', () => assert.equal(sentence(['map', 'rope', 'cup']), 'Pack map, rope and cup.'));

test('one name several times', () => assert.equal(sentence(['cup', 'CUP', ' cup']), 'Pack 3 cups.'));

test('the order of the first appearance', () => assert.equal(sentence(['b', 'a', 'b', 'c']), 'Pack 2 bs, a and c.'));

test('es', () => {
  for (const [name, many] of [['lens', 'lenses'], ['box', 'boxes'], ['watch', 'watches'], ['brush', 'brushes']]) {
    assert.equal(sentence([name, name]), `Pack 2 ${many}.`);
  }
});

test('ies', () => {
  assert.equal(sentence(['diary', 'diary']), 'Pack 2 diaries.');
  assert.equal(sentence(['key', 'key']), 'Pack 2 keys.');
});

test('names such as constructor', () => assert.equal(sentence(['constructor']), 'Pack constructor.'));

test('the list stays as it was', () => {
  const items = ['B', ' a '];
  sentence(items);
  assert.deepEqual(items, ['B', ' a ']);
});
