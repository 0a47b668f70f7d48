'use strict';
const test = require('node:test');
const assert = require('node:assert/strict');
const { fill } = require('./template.js');

const fails = (template, data, message) => assert.throws(() => fill(template, data), { message });

test('text without braces', () => assert.equal(fill('a { b } c', {}), 'a { b } c'));

test('paths', () =>
  assert.equal(fill('{{a}} {{ b.c }} {{list.1.x}}', { a: 1, b: { c: true }, list: [{}, { x: 'y' }] }), '1 true y'));

test('falsy values are values', () => assert.equal(fill('<{{a}}{{b}}{{c}}>', { a: 0, b: '', c: false }), '<0false>'));

test('missing values', () => {
  fails('{{a.b}}', { a: {} }, 'no value for a.b');
  fails('{{a}}', { a: null }, 'no value for a');
  fails('{{toString}}', {}, 'no value for toString');
});

test('defaults', () => {
  assert.equal(fill('{{a| dear friend }}, {{b.c|}}!', {}), 'dear friend, !');
  assert.equal(fill('{{a|x}}', { a: '' }), '');
});

test('no text', () => {
  fails('{{a}}', { a: {} }, 'no text for a');
  fails('{{a|x}}', { a: [1] }, 'no text for a');
});

test('inserted values are not searched', () => assert.equal(fill('{{a}}', { a: '{{b}}' }), '{{b}}'));

test('lists repeat', () => assert.equal(fill('{{#l}}{{.}};{{/l}}', { l: [1, 2, 'x'] }), '1;2;x;'));

test('conditions', () => {
  const template = '{{#a}}yes{{/a}}{{^a}}no{{/a}}';
  assert.deepEqual([true, 'x', 3, {}, [0], false, 0, '', null, []].map((a) => fill(template, { a })),
    ['yes', 'yes', 'yes', 'yes', 'yes', 'no', 'no', 'no', 'no', 'no']);
  assert.equal(fill(template, {}), 'no');
});

test('elements first, then outwards', () =>
  assert.equal(fill('{{#l}}{{name}}-{{club}} {{/l}}', { club: 'C', name: 'N', l: [{ name: 'a' }, { club: 'd' }] }), 'a-C N-d '));

test('the first name decides', () =>
  fails('{{#l}}{{a.b}}{{/l}}', { a: { b: 1 }, l: [{ a: {} }] }, 'no value for a.b'));

test('nested sections', () =>
  assert.equal(fill('{{#rows}}[{{#cells}}{{.}}{{sep}}{{/cells}}]{{/rows}}', { sep: ',', rows: [{ cells: [1, 2] }, { cells: [] }] }),
    '[1,2,][]'));

test('the example', () =>
  assert.equal(fill('Dear {{name|friend}},{{#debts}} {{year}}: {{sum}}{{/debts}}', { debts: [{ year: 1, sum: 5 }, { year: 2, sum: 7 }] }),
    'Dear friend, 1: 5 2: 7'));

test('sections that do not fit', () => {
  fails('{{#a}}x', { a: 1 }, 'section a is not closed');
  fails('{{#a}}{{#b}}{{/a}}{{/b}}', {}, 'section b is not closed');
  fails('x{{/a}}', {}, 'section a is not open');
});
