'use strict';
const test = require('node:test');
const assert = require('node:assert/strict');
const { merge } = require('./basket.js');

const item = (sku, count, options = {}) => ({ sku, count, options });

test('empty baskets', () => assert.deepEqual(merge([], []), []));

test('counts of equal items add up', () =>
  assert.deepEqual(merge([item('mug', 1)], [item('mug', 2)]), [item('mug', 3)]));

test('missing options are no options', () =>
  assert.deepEqual(merge([{ sku: 'mug', count: 1 }], [item('mug', 2)]), [item('mug', 3)]));

test('other options are another item', () =>
  assert.deepEqual(merge([item('mug', 1)], [item('mug', 1, { colour: 'red' })]),
    [item('mug', 1), item('mug', 1, { colour: 'red' })]));

test('the order of options does not matter', () =>
  assert.deepEqual(merge([item('mug', 1, { a: '1', b: '2' })], [item('mug', 1, { b: '2', a: '1' })]),
    [item('mug', 2, { a: '1', b: '2' })]));

test('saved items first, then guest items', () =>
  assert.deepEqual(merge([item('b', 1), item('a', 1)], [item('z', 1), item('a', 1), item('c', 1)]),
    [item('b', 1), item('a', 2), item('z', 1), item('c', 1)]));

test('equal guest items are joined', () =>
  assert.deepEqual(merge([], [item('a', 1), item('a', 2)]), [item('a', 3)]));

test('at most 99', () => {
  assert.deepEqual(merge([item('a', 60)], [item('a', 60)]), [item('a', 99)]);
  assert.deepEqual(merge([], [item('a', 120)]), [item('a', 99)]);
});

test('counts of zero and less are left out', () =>
  assert.deepEqual(merge([item('a', 0), item('b', 2)], [item('b', -1), item('c', -3)]), [item('b', 2)]));

test('the arguments stay as they were', () => {
  const saved = [item('a', 1)];
  const guest = [item('a', 1), item('b', 1, { size: 'l' })];
  merge(saved, guest);
  assert.deepEqual(saved, [item('a', 1)]);
  assert.deepEqual(guest, [item('a', 1), item('b', 1, { size: 'l' })]);
});

test('the result shares nothing', () => {
  const guest = [item('b', 1, { size: 'l' })];
  const result = merge([], guest);
  result[0].options.size = 's';
  result[0].count = 50;
  assert.deepEqual(guest, [item('b', 1, { size: 'l' })]);
});
