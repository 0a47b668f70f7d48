'use strict';
const test = require('node:test');
const assert = require('node:assert/strict');
const { initial, reduce } = require('./src/state.js');
const { dishes, unplannedFavourites, timesPlanned } = require('./src/selectors.js');
const { save, restore } = require('./src/saved.js');

function freeze(value) {
  if (value !== null && typeof value === 'object') Object.values(value).forEach(freeze);
  return Object.freeze(value);
}

const after = (...actions) => actions.reduce((state, action) => freeze(reduce(state, action)), freeze(initial));
const favourite = (dish) => ({ type: 'favourite', dish });
const plan = (day, dish) => ({ type: 'plan', day, dish });
const rename = (from, to) => ({ type: 'rename', from, to });

test('at first', () => assert.deepEqual(initial, { plan: {}, favourites: [] }));

test('favourites come and go', () => {
  assert.deepEqual(after(favourite('b'), favourite('a')).favourites, ['b', 'a']);
  assert.deepEqual(after(favourite('b'), favourite('a'), favourite('b')).favourites, ['a']);
});

test('renaming', () =>
  assert.deepEqual(after(favourite('soup'), plan('mon', 'soup'), plan('tue', 'rice'), rename('soup', 'stew')),
    { plan: { mon: 'stew', tue: 'rice' }, favourites: ['stew'] }));

test('renaming to another favourite', () =>
  assert.deepEqual(after(favourite('a'), favourite('b'), favourite('c'), rename('a', 'c')).favourites, ['b', 'c']));

test('no change gives the same object', () => {
  const state = after(favourite('a'), plan('mon', 'a'));
  for (const action of [rename('x', 'y'), rename('a', 'a'), { type: 'dance' }]) assert.equal(reduce(state, action), state);
});

test('unplanned favourites', () =>
  assert.deepEqual(unplannedFavourites(after(favourite('z'), favourite('b'), favourite('a'), plan('mon', 'b'))), ['z', 'a']));

test('times planned', () =>
  assert.deepEqual(timesPlanned(after(favourite('a'), plan('mon', 'b'), plan('tue', 'b'), plan('wed', 'c'))), { a: 0, b: 2, c: 1 }));

test('dishes stay', () => assert.deepEqual(dishes(after(favourite('a'), plan('mon', 'c'), plan('tue', 'b'))), ['b', 'c']));

test('saving', () =>
  assert.deepEqual(JSON.parse(save(after(favourite('a'), plan('mon', 'b')))), { version: 2, plan: { mon: 'b' }, favourites: ['a'] }));

test('restoring', () => {
  const state = after(favourite('a'), plan('mon', 'b'));
  assert.deepEqual(restore(save(state)), state);
  assert.deepEqual(restore('{"version":1,"plan":{"mon":"b"}}'), { plan: { mon: 'b' }, favourites: [] });
});

test('restoring what cannot be read', () => {
  for (const text of ['', '{', 'null', '{"version":3,"plan":{}}', '{"plan":{"mon":"x"}}', '{"version":2}', '[]']) {
    assert.deepEqual(restore(text), initial, text);
  }
});
