'use strict';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

const LENGTH = 30;

function parse(slot) {
  const match = /^(\w+) (\d{1,2}):(\d\d)$/.exec(slot);
  const day = match ? DAYS.indexOf(match[1]) : -1;
  const [hour, minute] = match ? [Number(match[2]), Number(match[3])] : [];
  if (day < 0 || hour > 23 || minute > 59) throw new RangeError(`not a slot: ${slot}`);
  return { day, start: hour * 60 + minute };
}

function clock(minutes) {
  const two = (number) => String(number).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function ranges(starts) {
  const result = [];
  for (const start of starts) {
    const last = result.at(-1);
    if (last && last.end === start) last.end += LENGTH;
    else result.push({ start, end: start + LENGTH });
  }
  return result.map(({ start, end }) => (end - start === LENGTH ? clock(start) : `${clock(start)}-${clock(end)}`));
}

function groupSlots(slots) {
  const starts = DAYS.map(() => new Set());
  for (const { day, start } of slots.map(parse)) starts[day].add(start);
  return DAYS.map((day, index) => ({ day, times: ranges([...starts[index]].sort((a, b) => a - b)) }))
    .filter(({ times }) => times.length > 0);
}

module.exports = { groupSlots };
