'use strict';
const test = require('node:test');
const assert = require('node:assert/strict');
const { groupSlots } = require('./slots.js');

const times = (...slots) => groupSlots(slots.map((slot) => `Wed ${slot}`))[0].times;

test('no slots', () => assert.deepEqual(groupSlots([]), []));

test('the example', () =>
  assert.deepEqual(groupSlots(['Tue 10:00', 'Mon 9:00', 'Tue 9:30', 'Tue 14:15']),
    [{ day: 'Mon', times: ['09:00'] }, { day: 'Tue', times: ['09:30-10:30', '14:15'] }]));

test('days in the order of the week', () =>
  assert.deepEqual(groupSlots(['Sun 8:00', 'Fri 8:00', 'Mon 8:00', 'Thu 8:00']).map(({ day }) => day),
    ['Mon', 'Thu', 'Fri', 'Sun']));

test('times in the order of the day', () => assert.deepEqual(times('10:10', '9:05', '0:00'), ['00:00', '09:05', '10:10']));

test('each time once', () => assert.deepEqual(times('9:00', '09:00', '11:00'), ['09:00', '11:00']));

test('two slots make a range', () => assert.deepEqual(times('9:00', '9:30'), ['09:00-10:00']));

test('ranges over the hour', () => assert.deepEqual(times('9:30', '10:00', '10:30'), ['09:30-11:00']));

test('ranges at odd minutes', () => assert.deepEqual(times('9:15', '9:45', '10:20'), ['09:15-10:15', '10:20']));

test('until midnight', () => assert.deepEqual(times('23:00', '23:30'), ['23:00-24:00']));

test('days do not join', () =>
  assert.deepEqual(groupSlots(['Mon 23:30', 'Tue 0:00']).map((group) => group.times), [['23:30'], ['00:00']]));

test('texts that are no slots', () => {
  for (const text of ['Mon', 'mon 9:00', 'Mon 24:00', 'Mon 9:60', 'Mon 9:0', 'Mon 9.30', ' Mon 9:00', 'Mon 9:00 x']) {
    assert.throws(() => groupSlots([text]), (error) => error instanceof RangeError && error.message.includes(text), text);
  }
});

test('the input stays as it was', () => {
  const slots = ['Tue 9:00', 'Mon 9:00'];
  groupSlots(slots);
  assert.deepEqual(slots, ['Tue 9:00', 'Mon 9:00']);
});
