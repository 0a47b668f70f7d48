'use strict';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function groupSlots(slots) {
  const groups = {};
  slots.sort();
  for (const slot of slots) {
    const [day, time] = slot.split(' ');
    groups[day] = groups[day] || [];
    groups[day].push(time);
  }
  return Object.keys(groups).map((day) => {
    const times = [];
    for (const time of groups[day]) {
      const last = times[times.length - 1];
      const [hour, minute] = time.split(':').map(Number);
      const before = minute === 30 ? `${hour}:00` : `${hour - 1}:30`;
      if (last && last.endsWith(before)) {
        times[times.length - 1] = last.split('-')[0] + '-' + time;
      } else {
        times.push(time);
      }
    }
    return { day, times };
  });
}

module.exports = { groupSlots };
