'use strict';
const test = require('node:test');
const assert = require('node:assert/strict');
const { shippingDays } = require('./shipping.js');

test('an ordinary order', () => assert.equal(shippingDays(0, 9, [{ stock: 1, large: false }]), 0));
