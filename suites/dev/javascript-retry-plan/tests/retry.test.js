'use strict';
const test = require('node:test');
const assert = require('node:assert/strict');
const { retryPlan } = require('./retry.js');

test('doubles by default', () => assert.deepEqual(retryPlan({ tries: 4, first: 100 }), [100, 200, 400]));

test('one try has no wait', () => assert.deepEqual(retryPlan({ tries: 1, first: 100 }), []));

test('another factor', () => assert.deepEqual(retryPlan({ tries: 4, first: 10, factor: 3 }), [10, 30, 90]));

test('factor 1 stays', () => assert.deepEqual(retryPlan({ tries: 4, first: 50, factor: 1 }), [50, 50, 50]));

test('no wait longer than most', () =>
  assert.deepEqual(retryPlan({ tries: 5, first: 100, most: 500 }), [100, 200, 400, 500]));

test('growth is not rounded', () =>
  assert.deepEqual(retryPlan({ tries: 5, first: 1, factor: 1.5 }), [1, 2, 2, 3]));

test('a shortened last wait', () =>
  assert.deepEqual(retryPlan({ tries: 5, first: 100, most: 500, total: 750 }), [100, 200, 400, 50]));

test('total reached exactly', () =>
  assert.deepEqual(retryPlan({ tries: 9, first: 100, total: 300 }), [100, 200]));

test('total of zero', () => assert.deepEqual(retryPlan({ tries: 3, first: 5, total: 0 }), []));

test('first wait of zero', () => assert.deepEqual(retryPlan({ tries: 3, first: 0 }), [0, 0]));

test('senseless options', () => {
  for (const options of [{ tries: 0, first: 1 }, { tries: 2.5, first: 1 }, { tries: 2, first: -1 }, { tries: 2, first: 1, factor: 0.5 },
    { tries: 2, first: NaN }, { tries: 2, first: '1' }, { tries: Infinity, first: 1 }, { first: 1 }]) {
    assert.throws(() => retryPlan(options), RangeError, JSON.stringify(options));
  }
});
