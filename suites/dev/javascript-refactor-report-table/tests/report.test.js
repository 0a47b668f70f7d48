'use strict';
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const { table, filmReport, roomReport } = require('./report.js');

const lines = (...parts) => parts.join('\n');

test('films', () =>
  assert.equal(filmReport([{ name: 'The Quiet Lake', visitors: 98 }, { name: 'Up', visitors: 1204 }]), lines(
    'Film            Visitors',
    '--------------  --------',
    'The Quiet Lake        98',
    'Up                  1204')));

test('no films', () => assert.equal(filmReport([]), lines('Film  Visitors', '----  --------')));

test('rooms', () =>
  assert.equal(roomReport([{ id: 1, seats: 80 }, { id: 12, seats: 120, note: 'no lift' }]), lines(
    'Room  Seats  Note',
    '----  -----  -------',
    '   1     80',
    '  12    120  no lift')));

test('no rooms', () => assert.equal(roomReport([]), lines('Room  Seats  Note', '----  -----  ----')));

test('wide numbers', () =>
  assert.equal(filmReport([{ name: 'Up', visitors: 1234567890 }]), lines(
    'Film  Visitors',
    '----  ----------',
    'Up    1234567890')));

test('any table', () =>
  assert.equal(table(['A', 'B', 'C'], [['x', 10, 'long'], [5, 'y', '']]), lines(
    'A  B   C',
    '-  --  ----',
    'x  10  long',
    '5  y')));

test('a table with one column', () => assert.equal(table(['Name'], [['Al']]), lines('Name', '----', 'Al')));

test('the structure', () => {
  const source = fs.readFileSync(`${__dirname}/report.js`, 'utf8');
  const count = (word) => source.split(word).length - 1;
  assert.ok(count('padStart') <= 1, `expected at most one padStart, got ${count('padStart')}`);
  assert.ok(count('padEnd') <= 1, `expected at most one padEnd, got ${count('padEnd')}`);
  const length = source.trimEnd().split('\n').length;
  assert.ok(length <= 45, `expected at most 45 lines, got ${length}`);
});
