'use strict';
const test = require('node:test');
const assert = require('node:assert/strict');
const { shippingDays } = require('./shipping.js');

const small = { stock: 2, large: false };
const large = { stock: 2, large: true };
const out = { stock: 0, large: false };

test('before and after 14 o\'clock', () => {
  assert.equal(shippingDays(0, 13, [small]), 0);
  assert.equal(shippingDays(0, 14, [small]), 1);
});

test('friday', () => {
  assert.equal(shippingDays(4, 13, [small]), 0);
  assert.equal(shippingDays(4, 14, [small]), 3);
});

test('weekend', () => {
  assert.equal(shippingDays(5, 9, [small]), 2);
  assert.equal(shippingDays(5, 20, [small]), 2);
  assert.equal(shippingDays(6, 9, [small]), 1);
  assert.equal(shippingDays(6, 23, [small]), 1);
});

test('out of stock', () => {
  assert.equal(shippingDays(0, 9, [small, out]), 3);
  assert.equal(shippingDays(0, 9, [out, out]), 3);
  assert.equal(shippingDays(2, 9, [out]), 5);
});

test('large', () => {
  assert.equal(shippingDays(0, 9, [large, large]), 1);
  assert.equal(shippingDays(0, 9, [small, large]), 1);
  assert.equal(shippingDays(0, 9, [large, out]), 4);
});

test('no items', () => assert.throws(() => shippingDays(0, 9, []), RangeError));
